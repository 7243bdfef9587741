using System.Security.Cryptography;
using Spillway.Hooks;

namespace Spillway.Tests.Hooks;

public sealed class HookSecretTests
{
    /// <summary>The example that the libraries of Standard Webhooks test themselves by.</summary>
    [Theory]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void A_message_is_signed_as_others_sign_it(string secret) =>
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            HookSecret.Read(secret)!.Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8)
        );

    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_key_has_24_to_64_bytes(int length, bool isOne) =>
        Assert.Equal(
            isOne,
            HookSecret.Read("whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(length))) is not null
        );

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("a word that nobody guesses, I hope")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZI o2LaLaSw")]
    [InlineData("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS")]
    public void What_is_not_Base64_is_no_key(string text) => Assert.Null(HookSecret.Read(text));
}
