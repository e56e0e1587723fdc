using System.Reflection;
using AsyncMQ.Conformance.Transactions;

namespace AsyncMQ.Conformance;

/// <summary>The classes of the suite, for a store's test project to check that it runs them all.</summary>
public static class ConformanceSuite
{
    /// <summary>Every class of the suite.</summary>
    public static IReadOnlyList<Type> Classes { get; } =
        [.. typeof(ConformanceSuite).Assembly.GetTypes().Where(type => type.IsAbstract && type.IsSubclassOf(typeof(ConformanceTests)))];

    /// <summary>Names of the classes that a store has to inherit, and that no public class of a test assembly does.</summary>
    /// <param name="tests">The assembly.</param>
    /// <param name="isTransactional">Whether the store offers <see cref="ITransactionalStore"/>: without it, those of Transactions are not for it.</param>
    public static IReadOnlyList<string> NotRunBy(Assembly tests, bool isTransactional = false)
    {
        HashSet<Type?> run = [.. tests.GetTypes().Where(type => type is { IsPublic: true, IsAbstract: false }).Select(type => type.BaseType)];
        return [.. Classes.Where(type => !run.Contains(type) && (isTransactional || !IsTransactional(type))).Select(type => type.Name).Order(StringComparer.Ordinal)];
    }

    private static bool IsTransactional(Type type) => type.Namespace == typeof(ITransactionalFixture).Namespace;
}
