using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Reports;

/// <summary>The CSV files of a folder. One that was changed is another: it is counted anew.</summary>
public sealed class CsvFiles(string folder)
{
    private static readonly string[] Products = ["anvil", "bellows", "chisel", "drill"];

    public string Folder => folder;

    public string Report => Path.Combine(folder, "report.md");

    public IReadOnlyList<CsvFile> Find() =>
        [.. new DirectoryInfo(folder).EnumerateFiles("*.csv").OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => new CsvFile(file.FullName, IdOf(file)))];

    /// <summary>Makes a year of sales where there is nothing to count.</summary>
    public void MakeSomeIfThereAreNone()
    {
        Directory.CreateDirectory(folder);
        if (Directory.EnumerateFiles(folder, "*.csv").Any())
            return;

        var random = new Random(1);
        for (int month = 1; month <= 12; month++)
        {
            var text = new StringBuilder("date,product,amount\n");
            for (int row = random.Next(300, 600); row > 0; row--)
                text.Append(CultureInfo.InvariantCulture, $"2026-{month:00}-{random.Next(1, 29):00},{Products[random.Next(Products.Length)]},{random.Next(100, 100_000) / 100m}\n");
            File.WriteAllText(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"sales-2026-{month:00}.csv")), text.ToString());
        }
    }

    // The same file in the same version is the same job, whichever report asks for it.
    private static string IdOf(FileInfo file)
    {
        string version = string.Create(CultureInfo.InvariantCulture, $"{file.FullName}\n{file.Length}\n{file.LastWriteTimeUtc.Ticks}");
        return $"csv-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(version)))[..32]}";
    }
}

/// <summary>One version of one file.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="JobId">The id of the job that counts it.</param>
public sealed record CsvFile(string Path, string JobId);
