using System.Buffers;
using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>
/// A job's arguments as JSON: an array is positional arguments, an object named ones. A collection expression makes positional ones:
/// <c>["a@b.com", 3]</c>; <see cref="Named"/>, <see cref="From"/> and <see cref="FromJson(string)"/> make the others.
/// </summary>
[CollectionBuilder(typeof(JobArgs), nameof(Create))]
public sealed class JobArgs : IEnumerable<JobArg>
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private readonly ReadOnlyMemory<byte> utf8;
    private object? root; // the parsed value in a box, or why there is none

    internal JobArgs(ReadOnlyMemory<byte> utf8) => this.utf8 = utf8;

    /// <summary>No arguments.</summary>
    public static JobArgs Empty { get; } = new(ReadOnlyMemory<byte>.Empty);

    /// <summary>False when they were read from a store and cannot be read here: they are encrypted and the key is not there, or they were changed. Then all
    /// that would show them throws <see cref="PayloadUnreadableException"/>.</summary>
    public bool IsReadable => root is not PayloadUnreadableException;

    /// <summary>The JSON text as UTF-8; empty for no arguments.</summary>
    /// <exception cref="PayloadUnreadableException">They cannot be read here.</exception>
    public ReadOnlyMemory<byte> Utf8 => root is PayloadUnreadableException why ? throw new PayloadUnreadableException(why.Message, why) : utf8;

    /// <summary>The arguments as one JSON value: an array or an object.</summary>
    /// <exception cref="JsonException">The stored arguments are not JSON.</exception>
    /// <exception cref="PayloadUnreadableException">They cannot be read here.</exception>
    public JsonElement Json
    {
        get
        {
            if (root is not StrongBox<JsonElement> parsed)
                root = parsed = new(Parse(Utf8.Length == 0 ? "[]"u8.ToArray() : Utf8));
            return parsed.Value;
        }
    }

    /// <summary>True when the arguments are named.</summary>
    /// <exception cref="JsonException">The stored arguments are not JSON.</exception>
    public bool IsNamed => Json.ValueKind == JsonValueKind.Object;

    /// <summary>How many arguments there are.</summary>
    /// <exception cref="JsonException">The stored arguments are not JSON.</exception>
    public int Count => IsNamed ? Json.GetPropertyCount() : Json.GetArrayLength();

    /// <summary>A positional argument, from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer arguments, or they are named.</exception>
    public JsonElement this[int index] =>
        !IsNamed && index >= 0 && index < Json.GetArrayLength()
            ? Json[index]
            : throw new ArgumentOutOfRangeException(nameof(index), index, $"There is no positional argument {index}; {Describe()}.");

    /// <summary>A named argument; an undefined element when there is none of that name.</summary>
    public JsonElement this[string name] => IsNamed && Json.TryGetProperty(name, out JsonElement value) ? value : default;

    /// <summary>Positional arguments; what a collection expression calls.</summary>
    /// <exception cref="ArgumentException">A text has a lone surrogate, an element is undefined, or they are nested deeper than 64.</exception>
    public static JobArgs Create(ReadOnlySpan<JobArg> values)
    {
        if (values.IsEmpty)
            return Empty;

        var buffer = new ArrayBufferWriter<byte>(64);
        bool isNested = false;
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (JobArg value in values)
            {
                value.WriteTo(writer);
                isNested |= value.IsNested;
            }

            writer.WriteEndArray();
        }

        return isNested ? RequireReadable(buffer.WrittenMemory) : new(buffer.WrittenMemory);
    }

    /// <summary>Named arguments.</summary>
    /// <exception cref="ArgumentException">A name is null or stands twice, a text has a lone surrogate, an element is undefined, or they are nested deeper
    /// than 64.</exception>
    public static JobArgs Named(params ReadOnlySpan<(string Name, JobArg Value)> values)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var buffer = new ArrayBufferWriter<byte>(64);
        bool isNested = false;
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach ((string name, JobArg value) in values)
            {
                if (name is null || !seen.Add(name))
                    throw new ArgumentException($"Argument name '{name}' is null or stands twice.", nameof(values));
                writer.WritePropertyName(WellFormed.Require(name, "An argument name"));
                value.WriteTo(writer);
                isNested |= value.IsNested;
            }

            writer.WriteEndObject();
        }

        return isNested ? RequireReadable(buffer.WrittenMemory) : new(buffer.WrittenMemory);
    }

    /// <summary>A value that serialises as a JSON array (positional) or object (named).</summary>
    /// <exception cref="ArgumentException">The value serialises as something else, or not at all.</exception>
    public static JobArgs From<T>(T value, JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        byte[] utf8;
        try
        {
            utf8 = JsonSerializer.SerializeToUtf8Bytes(value, typeInfo);
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or InvalidOperationException or ArgumentException)
        {
            throw new ArgumentException($"A value of type {typeof(T).Name} cannot be written as JSON: {e.Message}", nameof(value), e);
        }

        return FromOwned(utf8);
    }

    /// <summary>JSON text: an array or an object.</summary>
    /// <exception cref="ArgumentException">Not JSON, nested deeper than 64, a name twice, a lone surrogate, or neither an array nor an object.</exception>
    public static JobArgs FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return FromOwned(WellFormed.Encode(json, "The arguments' JSON"));
    }

    /// <summary>JSON text as UTF-8: an array or an object. The bytes are copied and kept as they are.</summary>
    /// <exception cref="ArgumentException">Not JSON, not UTF-8, nested deeper than 64, a name twice, or neither an array nor an object.</exception>
    public static JobArgs FromJson(ReadOnlySpan<byte> utf8) => FromOwned(utf8.ToArray());

    /// <summary>The argument values in order, without their names.</summary>
    public IEnumerator<JobArg> GetEnumerator()
    {
        if (IsNamed)
        {
            foreach (JsonProperty property in Json.EnumerateObject())
                yield return property.Value;
        }
        else
        {
            foreach (JsonElement element in Json.EnumerateArray())
                yield return element;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>How many arguments there are; never their values, which may be secret.</summary>
    public override string ToString() => IsReadable ? $"JobArgs ({utf8.Length} bytes)" : "JobArgs (unreadable here)";

    internal static JobArgs Unreadable(PayloadUnreadableException why) => new(default(ReadOnlyMemory<byte>)) { root = why };

    private static JobArgs FromOwned(byte[] utf8)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
            throw new ArgumentException("The arguments are not valid UTF-8.", nameof(utf8));

        JsonElement parsed;
        try
        {
            parsed = Parse(utf8, Strict);
        }
        catch (JsonException e)
        {
            // The parser's message may quote the text; arguments may be secret.
            throw new ArgumentException(
                e.LineNumber is null
                    ? "The arguments have a name twice."
                    : $"The arguments are not valid JSON (line {e.LineNumber}, byte {e.BytePositionInLine}), or nested deeper than 64.",
                nameof(utf8));
        }
        catch (InvalidOperationException)
        {
            throw new ArgumentException("The arguments have a name with an escaped lone surrogate, which is not text.", nameof(utf8));
        }

        if (parsed.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object))
            throw new ArgumentException($"Arguments must be a JSON array (positional) or object (named), but were a {parsed.ValueKind}.", nameof(utf8));
        return new(utf8) { root = new StrongBox<JsonElement>(parsed) };
    }

    /// <summary>Arguments put together from others, which may be too deep for whoever reads them.</summary>
    private static JobArgs RequireReadable(ReadOnlyMemory<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8.Span);
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException)
        {
            throw new ArgumentException("The arguments are nested deeper than 64.", nameof(utf8));
        }

        return new(utf8);
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> utf8, JsonDocumentOptions options = default)
    {
        using JsonDocument document = JsonDocument.Parse(utf8, options);
        return document.RootElement.Clone();
    }

    private string Describe() => IsNamed ? "the arguments are named" : $"there are {Count}";
}
