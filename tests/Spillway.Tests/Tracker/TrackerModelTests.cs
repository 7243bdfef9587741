using System.Text.Json.Nodes;
using CsCheck;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

/// <summary>
/// The core against a model of a page's length that knows only who is where: no groups, no lists by age, no partners. Clients join,
/// leave, come back, change their rendition, fall silent and lie; after each step both must agree.
/// </summary>
public sealed class TrackerModelTests
{
    private const int Clients = 12;
    private const int MaxPeers = 10;
    private const int MaxHashes = 2;

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Int[0, 11],
        Gen.Int[0, Clients - 1],
        Gen.Int[0, 2],
        Gen.Int[0, Clients - 1],
        Gen.Int[0, 5],
        Gen.OneOf(Gen.Int[0, 20], Gen.Int[0, 900]),
        (kind, client, hash, other, offers, seconds) => new Step(kind, client, $"h{hash}", other, offers, seconds)
    );

    [Fact]
    public void The_core_and_the_model_agree_on_who_is_where_and_on_every_failure() =>
        Gen.Select(Steps.Array[1, 120], Gen.Int).Sample((steps, seed) => new Match(seed).Play(steps), iter: 600);

    private sealed record Step(int Kind, int Client, string Hash, int Other, int Offers, int Seconds);

    private sealed record Place(RecordingConnection Connection, double Until);

    private sealed class Match
    {
        private readonly Dictionary<(string Hash, string Peer), Place> _model = [];
        private readonly TrackerCore _core;
        private readonly RecordingConnection[] _current = new RecordingConnection[Clients];
        private readonly List<RecordingConnection> _all = [];
        private double _now;
        private int _batch;

        public Match(int seed)
        {
            var options = new TrackerOptions { MaxPeersPerSwarm = MaxPeers, MaxHashesPerConnection = MaxHashes };
            _core = new TrackerCore(options, static hash => hash != Parse("h2"), new Random(seed));
            for (var i = 0; i < Clients; i++)
                Connect(i);
        }

        public void Play(Step[] steps)
        {
            // Well connected, so that the long interval plays a part, too.
            for (var i = 0; i < MaxPeers; i++)
                Announce(_current[i], "h0", $"p{i}", offers: 9);
            for (var i = 0; i < MaxPeers; i++)
                AnswerAll(i);
            Assert.Contains(_model.Values, place => place.Until > 1_000);
            foreach (var step in steps)
            {
                _now += step.Seconds;
                Clear();
                _core.RemoveSilent(TimeSpan.FromSeconds(_now));
                // Who is asked back since others have just aged out has been heard of, too.
                Read();
                Expire();
                Do(step);
                Compare();
            }
        }

        private void Do(Step step)
        {
            var connection = _current[step.Client];
            switch (step.Kind)
            {
                case <= 5:
                    Announce(connection, step.Hash, $"p{step.Client}", step.Offers);
                    break;
                case 6: // a neighbour's peer id, or a stranger's
                    Announce(connection, step.Hash, $"p{step.Other}", step.Offers);
                    break;
                case 7:
                    Stop(connection, step.Hash, $"p{step.Other}");
                    break;
                case 8:
                    Close(connection);
                    Connect(step.Client);
                    break;
                case 9: // the tracker has not noticed yet
                    connection.Dead = true;
                    Connect(step.Client);
                    break;
                case 10:
                    foreach (var dead in _all.Where(each => each.Dead).ToArray())
                        Close(dead);
                    break;
                default:
                    AnswerAll(step.Client);
                    break;
            }
        }

        private void Announce(RecordingConnection connection, string hash, string peer, int offers)
        {
            var refused = IsRefused(connection, hash, peer);
            if (!refused)
            {
                foreach (var mine in Of(connection).Where(key => key.Hash == hash && key.Peer != peer).ToArray())
                    _model.Remove(mine);
                _model[(hash, peer)] = new Place(connection, double.NaN);
            }
            Clear();
            _core.Receive(connection, Messages.Announce(hash, peer, offers, batch: $"{++_batch}"), _now);
            var replies = Peek(connection);
            Assert.Equal(refused, replies.Any(reply => reply.ContainsKey("failure reason")));
            Read();
        }

        private bool IsRefused(RecordingConnection connection, string hash, string peer)
        {
            if (_model.TryGetValue((hash, peer), out var there) && there.Connection == connection)
                return false;
            var hasAnother = Of(connection).Any(key => key.Hash == hash);
            var isFull = !hasAnother && Of(connection).Count() >= MaxHashes;
            if (there is not null)
                return (!there.Connection.Dead && there.Connection.Place.Address != connection.Place.Address) || isFull;
            return hash == "h2" || isFull || (!hasAnother && _model.Keys.Count(key => key.Hash == hash) >= MaxPeers);
        }

        private void Stop(RecordingConnection connection, string hash, string peer)
        {
            var there = _model.GetValueOrDefault((hash, peer));
            if (there?.Connection == connection)
                _model.Remove((hash, peer));
            Clear();
            _core.Receive(connection, Messages.Announce(hash, peer, @event: "stopped"), _now);
            Assert.Equal(
                there is not null && there.Connection != connection,
                Peek(connection).Any(reply => reply.ContainsKey("failure reason"))
            );
            Read();
        }

        private void AnswerAll(int client)
        {
            var connection = _current[client];
            foreach (var offer in connection.Offers.ToArray())
            {
                Clear();
                _core.Receive(
                    connection,
                    Answer(Name(offer.Text("info_hash")), $"p{client}", Name(offer.Text("peer_id")), offer.Text("offer_id")),
                    _now
                );
                foreach (var (to, reply) in _all.SelectMany(to => Peek(to).Select(reply => (to, reply))))
                {
                    if (reply.ContainsKey("answer"))
                        Assert.Equal(to, _model[(Name(reply.Text("info_hash")), Name(offer.Text("peer_id")))].Connection);
                }
                Read();
            }
            connection.Offers.Clear();
        }

        private void Close(RecordingConnection connection)
        {
            connection.Dead = true;
            foreach (var key in Of(connection).ToArray())
                _model.Remove(key);
            Clear();
            _core.Close(connection);
            Read();
            _all.Remove(connection);
        }

        private void Connect(int client)
        {
            // Every second one shares its address with the one before.
            _current[client] = new RecordingConnection($"192.0.2.{client / 2}");
            _all.Add(_current[client]);
        }

        /// <summary>Who is told an interval may be silent for 2.5 times the nominal one.</summary>
        private void Read()
        {
            foreach (var connection in _all)
            {
                foreach (var message in Peek(connection))
                {
                    var hash = message.ContainsKey("info_hash") ? Name(message.Text("info_hash")) : "";
                    if (message.ContainsKey("interval"))
                    {
                        var lifetime = message.Number("interval") > 66 ? 2_250 : 150;
                        foreach (var key in Of(connection).Where(key => key.Hash == hash).ToArray())
                            _model[key] = _model[key] with { Until = _now + lifetime };
                    }
                    if (message.ContainsKey("offer"))
                    {
                        var key = (hash, Name(message.Text("peer_id")));
                        Assert.True(_model.ContainsKey(key), "an offer from nobody");
                        Assert.Contains(Of(connection), mine => mine.Hash == hash);
                        Assert.NotSame(_model[key].Connection, connection);
                        connection.Offers.Add(message);
                    }
                }
            }
        }

        private void Expire()
        {
            foreach (var (key, _) in _model.Where(entry => entry.Value.Until <= _now).ToArray())
                _model.Remove(key);
        }

        private void Compare()
        {
            Assert.Equal(_model.Count, _core.Peers);
            Assert.Equal(_model.Keys.Select(key => key.Hash).Distinct().Count(), _core.Swarms);
            foreach (var connection in _all)
            {
                Assert.Equal(
                    Of(connection).Select(key => (Parse(key.Hash), Parse(key.Peer))).ToHashSet(),
                    connection.Memberships.Select(member => (member.Swarm.InfoHash, member.PeerId)).ToHashSet()
                );
            }
        }

        private IEnumerable<(string Hash, string Peer)> Of(RecordingConnection connection) =>
            _model.Where(entry => entry.Value.Connection == connection).Select(entry => entry.Key);

        private void Clear()
        {
            foreach (var connection in _all)
                connection.All();
        }

        private static IEnumerable<JsonObject> Peek(RecordingConnection connection) => connection.Peek();

        private static string Name(string id) => id[..id.IndexOf('.', StringComparison.Ordinal)];

        private static TrackerId Parse(string name) => new([.. Id(name).Select(c => (byte)c)]);
    }
}
