namespace AsyncMQ.Docs.Tests;

/// <summary>Every C# block of the README and of docs/ is code that is compiled, and run, under Pages/.</summary>
public sealed class DocumentationTests
{
    public static TheoryData<string> Pages => [.. Directory.GetFiles(Folder("pages"), "*.md").Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_block_of_a_page_stands_in_the_compiled_code(string page)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(Folder("pages"), page));
        string code = Flat(string.Concat(Directory.GetFiles(Folder("code"), "*.cs").Select(File.ReadAllText)));

        Assert.All(text.Split("```csharp").Skip(1), block => Assert.Contains(Flat(block.Split("```")[0]), code, StringComparison.Ordinal));
    }

    [Fact]
    public void There_are_pages_with_code() =>
        Assert.InRange(Directory.GetFiles(Folder("pages"), "*.md").Sum(path => File.ReadAllText(path).Split("```csharp").Length - 1), 9, 200);

    private static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, name);

    // Without indentation and empty lines.
    private static string Flat(string text) => string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
}
