using System.Globalization;

namespace AsyncMQ.Redis.Connecting;

/// <summary>What this version of the store knows: the layout of the keys. Tests make later editions of it, to run beside.</summary>
/// <param name="Major">Counts up when an earlier version cannot read what this one writes.</param>
/// <param name="Minor">Counts up when something is added.</param>
/// <param name="Rewrite">What a later edition makes of a script's text; null: it is run as it is.</param>
internal sealed record Edition(int Major, int Minor, Func<string, string>? Rewrite = null)
{
    public static Edition Current { get; } = new(1, 0);

    /// <summary>The layout as it is recorded.</summary>
    public string Layout => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
