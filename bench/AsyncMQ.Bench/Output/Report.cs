using System.Globalization;
using System.Text.Json;

namespace AsyncMQ.Bench.Output;

/// <summary>Writes figures as they come: a JSON object a line, or the rows of a table.</summary>
internal sealed class Report(bool isJson)
{
    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);
    private bool hasHeader;

    public void Write(Figure figure)
    {
        Figure rounded = figure with { Value = Math.Round(figure.Value, figure.Value >= 1_000 ? 0 : 4) };
        if (isJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(rounded, Names));
            return;
        }

        if (!hasHeader)
            Console.WriteLine($"{"system",-18} {"store",-8} {"measure",-24} {"value",14} unit");
        hasHeader = true;
        string value = rounded.Value.ToString(rounded.Value >= 1_000 ? "N0" : "0.####", CultureInfo.InvariantCulture);
        Console.WriteLine($"{rounded.System,-18} {rounded.Store,-8} {rounded.Measure,-24} {value,14} {rounded.Unit}");
    }
}
