using System.Text.Json;
using AsyncMQ.Jobs;

namespace AsyncMQ;

/// <summary>One argument of a job added by name: a JSON value. Converts from the plain types by itself; other values through <see cref="JobArgs.From"/>.</summary>
public readonly struct JobArg
{
    private readonly object? value;

    private JobArg(object? value) => this.value = value;

    /// <summary>JSON null.</summary>
    public static JobArg Null => default;

    /// <summary>A text.</summary>
    public static implicit operator JobArg(string? value) => new(value);

    /// <summary>True or false.</summary>
    public static implicit operator JobArg(bool value) => new(value);

    /// <summary>A whole number.</summary>
    public static implicit operator JobArg(int value) => new((long)value);

    /// <summary>A whole number.</summary>
    public static implicit operator JobArg(long value) => new(value);

    /// <summary>A number.</summary>
    /// <exception cref="ArgumentException">Not a number, or infinite: JSON has no such value.</exception>
    public static implicit operator JobArg(double value) =>
        double.IsFinite(value) ? new(value) : throw new ArgumentException($"{value} is not a JSON number. Pass a finite number or a text.", nameof(value));

    /// <summary>A number with all its digits.</summary>
    public static implicit operator JobArg(decimal value) => new(value);

    /// <summary>A GUID, as text.</summary>
    public static implicit operator JobArg(Guid value) => new(value);

    /// <summary>A time, as text in ISO 8601.</summary>
    public static implicit operator JobArg(DateTimeOffset value) => new(value);

    /// <summary>Any JSON value.</summary>
    public static implicit operator JobArg(JsonElement value) => new(value);

    /// <summary>An array or object of arguments, nested.</summary>
    public static implicit operator JobArg(JobArgs value) => new(value);

    /// <summary>True when the value is an array or object, which can be too deep.</summary>
    internal bool IsNested => value is JobArgs or JsonElement { ValueKind: JsonValueKind.Array or JsonValueKind.Object };

    /// <exception cref="ArgumentException">The value cannot be written.</exception>
    internal void WriteTo(Utf8JsonWriter writer)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(WellFormed.Require(text, "An argument"));
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case Guid guid:
                writer.WriteStringValue(guid);
                break;
            case DateTimeOffset time:
                writer.WriteStringValue(time);
                break;
            case JsonElement { ValueKind: not JsonValueKind.Undefined } element:
                WriteElement(element, writer);
                break;
            case JobArgs args:
                writer.WriteRawValue(args.Utf8.Length == 0 ? "[]"u8 : args.Utf8.Span);
                break;
            default:
                throw new ArgumentException("An undefined JsonElement cannot be an argument.");
        }
    }

    private static void WriteElement(JsonElement element, Utf8JsonWriter writer)
    {
        try
        {
            element.WriteTo(writer);
        }
        catch (InvalidOperationException e)
        {
            throw new ArgumentException($"A JsonElement cannot be written as an argument: {e.Message}", nameof(element), e);
        }
    }
}
