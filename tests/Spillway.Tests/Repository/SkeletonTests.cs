namespace Spillway.Tests.Repository;

public sealed class SkeletonTests
{
    [Fact]
    public void The_modulus_of_transport_stream_time_is_26_and_a_half_hours() =>
        Assert.Equal(
            95443.7,
            new Spillway.Media.MediaReport
            {
                Container = Spillway.Media.MediaContainer.MpegTs,
                IsWhole = true,
                Tracks = [],
            }
                .TimestampModulus!
                .Value
                .TotalSeconds,
            0.1
        );
}
