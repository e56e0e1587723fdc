using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <content>What stands between payloads and the store.</content>
public sealed partial class AsyncMQBuilder
{
    private readonly List<IPayloadTransform> transforms = [];

    internal IReadOnlyList<IPayloadTransform> Transforms => transforms;

    /// <summary>
    /// Encrypts what is stored of payloads, by AES-GCM: arguments, results, errors, messages of progress, and log lines. Ids, names, headers, tags and the
    /// other options stay readable. Every process that adds jobs, runs them or looks at them needs the keys; whoever fires repeatables does not.
    /// </summary>
    /// <param name="configure">Gives the keys: one to write with, any number to read.</param>
    /// <exception cref="ArgumentException">A key breaks a rule, or there is none to write with.</exception>
    /// <exception cref="InvalidOperationException">Said already.</exception>
    public AsyncMQBuilder EncryptPayloads(Action<PayloadKeys> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        if (transforms.Exists(static one => one is PayloadEncryption))
            throw new InvalidOperationException("Payloads are encrypted already. Give all keys in one call: EncryptPayloads(keys => keys.Add(…).Add(…)).");
        var keys = new PayloadKeys();
        configure(keys);
        return AddPayloadTransform(keys.Build());
    }

    /// <summary>Changes what is stored of payloads: by the first one registered first, and read backwards. Every process of the installation needs the same.</summary>
    public AsyncMQBuilder AddPayloadTransform(IPayloadTransform transform)
    {
        ArgumentNullException.ThrowIfNull(transform);
        transforms.Add(transform);
        return this;
    }
}
