using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.Dashboard;

/// <summary>Answer of <c>POST</c> and <c>DELETE /api/v1/streams/{stream}/end</c>.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="State">As in player.json, after it.</param>
/// <param name="Broadcast">The one that was ended, or the last; null: there was none.</param>
/// <param name="Held">
/// What the source still brings is left out. Over once the source has been away for as long as would end a broadcast, or by
/// <c>DELETE</c>.
/// </param>
internal sealed record EndState(string Stream, string State, string? Broadcast, bool Held);

/// <summary>Body of <c>PUT /api/v1/streams/{stream}/p2p</c>.</summary>
internal sealed record PeerWish
{
    public required bool On { get; init; }
}

/// <summary>Its answer.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="Peers">The operator lets viewers share.</param>
/// <param name="PeersNow">Players are told to share.</param>
/// <param name="PeersWhy">Why they are not, in words; null: they are.</param>
internal sealed record PeerState(string Stream, bool Peers, bool PeersNow, string? PeersWhy);

/// <summary>Answer of <c>POST /api/v1/streams/{stream}/key</c>: the only one that holds a key.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="Key">The new one: from now on no other opens.</param>
/// <param name="Address">Where the encoder publishes to, with the key, and <c>{host}</c> for this server's name where no setting says it.</param>
/// <param name="KeyIsIn">Where it is kept, in words.</param>
/// <param name="Dropped">An encoder that published with the old key was there, and was cut off.</param>
internal sealed record NewKey(string Stream, string Key, string Address, string KeyIsIn, bool Dropped);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(EndState))]
[JsonSerializable(typeof(PeerWish))]
[JsonSerializable(typeof(PeerState))]
[JsonSerializable(typeof(NewKey))]
internal sealed partial class SwitchJson : JsonSerializerContext;
