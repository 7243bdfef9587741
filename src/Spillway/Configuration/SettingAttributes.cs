namespace Spillway.Configuration;

/// <summary>
/// What a number, a time span (in seconds) or a size (in bytes) may be. A number without it may be anything from 0 up.
/// An attribute of our own: <c>[Range(typeof(TimeSpan), …)]</c> needs reflection that Native AOT does not have.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BoundsAttribute(double minimum, double maximum) : Attribute
{
    public double Minimum { get; } = minimum;
    public double Maximum { get; } = maximum;

    /// <summary>0 is allowed as well and stands for the default.</summary>
    public bool OrZero { get; set; }

    public bool Allows(double value) => (OrZero && value == 0) || (value >= Minimum && value <= Maximum);
}

/// <summary>The setting's value is never printed, neither in an error nor in the log.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;
