using System.Text.Json.Nodes;
using CsCheck;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

/// <summary>Clients that come, go, lie, fall silent and return, in any order; after each step what must hold is checked.</summary>
public sealed class TrackerSimulationTests
{
    private const int Clients = 8;

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Int[0, 15],
        Gen.Int[0, Clients - 1],
        Gen.Int[0, 2],
        Gen.Int[0, Clients - 1],
        Gen.Int[0, 6],
        Gen.Int[0, 40],
        (kind, client, hash, other, number, seconds) => new Step(kind, client, $"h{hash}", other, number, seconds)
    );

    [Fact]
    public void Whatever_clients_do_messages_reach_members_only_and_nothing_is_left_when_all_have_gone() =>
        Gen.Select(Steps.Array[1, 150], Gen.Int).Sample((steps, seed) => new World(seed).Run(steps), iter: 1_000);

    private sealed record Step(int Kind, int Client, string Hash, int Other, int Number, int Seconds);

    private sealed class World
    {
        private readonly TrackerCore _core;
        private readonly Client[] _clients;

        // By the JSON text of the id: who made the offer on which connection, and which member got it. A member that comes back on a
        // new connection may still answer.
        private readonly Dictionary<string, (RecordingConnection Asker, string PeerId)> _made = [];
        private readonly Dictionary<string, Membership> _passedTo = [];
        private readonly HashSet<string> _answered = [];
        private readonly HashSet<RecordingConnection> _targetsOfThisStep = [];
        private RecordingConnection? _acting;
        private bool _isRightAnswer;
        private double _now;
        private int _batch;

        public World(int seed)
        {
            _core = new TrackerCore(
                new TrackerOptions { MaxPeersPerSwarm = 6, MaxHashesPerConnection = 2 },
                null,
                new Random(seed)
            );
            _clients = Enumerable.Range(0, Clients).Select(i => new Client($"192.0.2.{i / 2}", $"p{i}")).ToArray();
            foreach (var client in _clients)
                Connect(client);
        }

        public void Run(Step[] steps)
        {
            foreach (var step in steps)
            {
                _now += step.Seconds * 0.5;
                _targetsOfThisStep.Clear();
                _isRightAnswer = false;
                Do(step, _clients[step.Client], _clients[step.Other]);
                CheckMemberships();
            }
            foreach (var connection in _clients.SelectMany(client => client.Abandoned.Append(client.Connection)))
                _core.Close(connection);
            Assert.Equal((0, 0), (_core.Swarms, _core.Peers));
            foreach (var client in _clients)
                Assert.Empty(client.Connection.Memberships);
        }

        private void Do(Step step, Client client, Client other)
        {
            _acting = client.Connection;
            switch (step.Kind)
            {
                case <= 6:
                    Announce(client, step, client.PeerId);
                    break;
                case 7: // a lie about who it is, or its neighbour behind the same address
                    Announce(client, step, other.PeerId);
                    break;
                case <= 10: // answers what it was sent, or what another was sent
                    Answer(client, other, step);
                    break;
                case 11:
                    _core.Receive(client.Connection, Messages.Announce(step.Hash, other.PeerId, @event: "stopped"), _now);
                    break;
                case 12:
                    _core.Close(client.Connection);
                    client.Connection.Dead = true;
                    Connect(client);
                    break;
                case 13: // gone without the tracker's knowing
                    client.Connection.Dead = true;
                    client.Abandoned.Add(client.Connection);
                    Connect(client);
                    break;
                case 14:
                    client.Connection.IsFull = !client.Connection.IsFull;
                    break;
                default:
                    foreach (var abandoned in client.Abandoned)
                        _core.Close(abandoned);
                    client.Abandoned.Clear();
                    _core.RemoveSilent(TimeSpan.FromSeconds(_now));
                    break;
            }
            // What is abandoned is found out sooner or later.
            if (step.Kind != 13)
                return;
            foreach (var abandoned in client.Abandoned.SkipLast(1).ToArray())
                _core.Close(abandoned);
            client.Abandoned.RemoveRange(0, client.Abandoned.Count - 1);
        }

        private void Announce(Client client, Step step, string peerId)
        {
            var name = $"{++_batch}";
            for (var i = 0; i < step.Number; i++)
                _made[Id($"{peerId}{name}-{i}")] = (client.Connection, Id(peerId));
            _core.Receive(client.Connection, Messages.Announce(step.Hash, peerId, step.Number, batch: name), _now);
        }

        private void Answer(Client client, Client other, Step step)
        {
            var from = step.Kind == 10 ? other : client;
            if (from.Offers.Count == 0)
                return;
            var offer = from.Offers[step.Number % from.Offers.Count];
            var offerId = offer.Text("offer_id");
            _isRightAnswer = client.Connection.Memberships.Contains(_passedTo[offerId]);
            _core.Receive(
                client.Connection,
                new JsonObject
                {
                    ["action"] = "announce",
                    ["info_hash"] = offer.Text("info_hash"),
                    ["peer_id"] = Id(client.PeerId),
                    ["to_peer_id"] = offer.Text("peer_id"),
                    ["answer"] = new JsonObject { ["type"] = "answer", ["sdp"] = "" },
                    ["offer_id"] = offerId,
                }.ToJsonString(),
                _now
            );
        }

        private void Connect(Client client)
        {
            var connection = new RecordingConnection(client.Network);
            connection.OnMessage = message => Check(client, connection, message);
            client.Connection = connection;
            client.Offers.Clear();
        }

        private void Check(Client client, RecordingConnection connection, JsonObject message)
        {
            Assert.False(connection.Dead);
            if (message.ContainsKey("failure reason"))
            {
                Assert.Same(_acting, connection);
                return;
            }
            var member = Assert.Single(
                connection.Memberships,
                member => TextOf(member.Swarm.InfoHash) == message.Text("info_hash")
            );
            if (message.ContainsKey("offer"))
            {
                var id = message.Text("offer_id");
                Assert.NotSame(_acting, connection);
                Assert.Same(_acting, _made[id].Asker);
                Assert.Equal(_made[id].PeerId, message.Text("peer_id"));
                Assert.True(_targetsOfThisStep.Add(connection), "two offers of one announce for the same peer");
                Assert.True(_passedTo.TryAdd(id, member), "an offer passed on twice");
                client.Offers.Add(message);
            }
            else if (message.ContainsKey("answer"))
            {
                var id = message.Text("offer_id");
                Assert.Same(_made[id].Asker, connection);
                Assert.Contains(_passedTo[id], _acting!.Memberships);
                Assert.True(_isRightAnswer);
                Assert.True(_answered.Add(id), "an offer answered twice");
            }
            else
            {
                // Whoever has lost its partners is told so; all others only in reply.
                Assert.InRange(message.Number("interval"), 5, 990);
                Assert.InRange(message.Number("incomplete"), 1, 6);
            }
        }

        private void CheckMemberships()
        {
            var all = _clients
                .SelectMany(client => client.Abandoned.Append(client.Connection))
                .SelectMany(connection => connection.Memberships.Select(member => (connection, member)))
                .ToArray();
            Assert.Equal(all.Length, _core.Peers);
            Assert.Equal(all.Select(pair => pair.member.Swarm).Distinct().Count(), _core.Swarms);
            Assert.All(all, pair => Assert.Same(pair.connection, pair.member.Connection));
            Assert.Equal(all.Length, all.Select(pair => (pair.member.Swarm, pair.member.PeerId)).Distinct().Count());
            Assert.Equal(all.Length, all.Select(pair => (pair.connection, pair.member.Swarm)).Distinct().Count());
            Assert.All(all.GroupBy(pair => pair.member.Swarm), swarm => Assert.Equal(swarm.Count(), swarm.Key.Size));
            Assert.All(all.GroupBy(pair => pair.connection), group => Assert.InRange(group.Count(), 1, 2));
        }

        private static string TextOf(TrackerId id)
        {
            var chars = new char[TrackerId.Size];
            id.CopyTo(chars);
            return new string(chars);
        }
    }

    private sealed class Client(string network, string peerId)
    {
        public string Network { get; } = network;
        public string PeerId { get; } = peerId;
        public RecordingConnection Connection { get; set; } = null!;
        public List<RecordingConnection> Abandoned { get; } = [];
        public List<JsonObject> Offers { get; } = [];
    }
}
