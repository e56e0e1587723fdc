using System.Reflection;

namespace AsyncMQ.Conformance;

/// <summary>The classes of the suite, for a store's test project to check that it runs them all.</summary>
public static class ConformanceSuite
{
    /// <summary>Every class that a store has to inherit.</summary>
    public static IReadOnlyList<Type> Classes { get; } =
        [.. typeof(ConformanceSuite).Assembly.GetTypes().Where(type => type.IsAbstract && type.IsSubclassOf(typeof(ConformanceTests)))];

    /// <summary>Names of the classes that no public class of a test assembly inherits.</summary>
    public static IReadOnlyList<string> NotRunBy(Assembly tests)
    {
        HashSet<Type?> run = [.. tests.GetTypes().Where(type => type is { IsPublic: true, IsAbstract: false }).Select(type => type.BaseType)];
        return [.. Classes.Where(type => !run.Contains(type)).Select(type => type.Name).Order(StringComparer.Ordinal)];
    }
}
