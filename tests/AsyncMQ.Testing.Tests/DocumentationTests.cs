namespace AsyncMQ.Testing.Tests;

/// <summary>Every C# block of docs/testing.md is code that is compiled and run.</summary>
public sealed class DocumentationTests
{
    [Fact]
    public async Task Every_block_of_the_page_stands_in_the_tests()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "testing.md"));
        string code = Flat(string.Concat(Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Docs"), "*.cs").Select(File.ReadAllText)));
        string[] blocks = [.. page.Split("```csharp").Skip(1).Select(block => block.Split("```")[0])];

        Assert.InRange(blocks.Length, 4, 20);
        Assert.All(blocks, block => Assert.Contains(Flat(block), code, StringComparison.Ordinal));
    }

    // Without indentation and empty lines.
    private static string Flat(string text) => string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
}
