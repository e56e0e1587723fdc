using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AsyncMQ.Jobs;

/// <summary>How job records and results are written: the contexts given to <c>UseJson</c> first, then reflection where the program allows it.</summary>
internal sealed class JobJson
{
    private readonly JsonSerializerOptions options;

    public JobJson(IReadOnlyList<JsonSerializerContext> contexts)
    {
        options = new(JsonSerializerDefaults.Web) { MaxDepth = 64 };
        foreach (JsonSerializerContext context in contexts)
            options.TypeInfoResolverChain.Add(context);
        if (JsonSerializer.IsReflectionEnabledByDefault)
            AddReflection(options);
        else if (contexts.Count == 0)
            options.TypeInfoResolver = JsonTypeInfoResolver.Combine();
        options.MakeReadOnly();
    }

    /// <exception cref="InvalidOperationException">The type has no metadata and reflection is off.</exception>
    public JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)TypeInfo(typeof(T));

    /// <exception cref="InvalidOperationException">The type has no metadata and reflection is off.</exception>
    public JsonTypeInfo TypeInfo(Type type) => options.TryGetTypeInfo(type, out JsonTypeInfo? info)
        ? info
        : throw new InvalidOperationException($"Type {type} has no JSON metadata. Add [JsonSerializable(typeof({type.Name}))] to the context given to UseJson.");

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "only where the program has reflection-based JSON switched on")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "only where the program has reflection-based JSON switched on")]
    private static void AddReflection(JsonSerializerOptions options) => options.TypeInfoResolverChain.Add(new DefaultJsonTypeInfoResolver());
}
