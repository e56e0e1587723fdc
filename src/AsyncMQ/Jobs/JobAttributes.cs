using System.Collections.Concurrent;
using System.Reflection;

namespace AsyncMQ.Jobs;

/// <summary>The attributes of job types, each read once.</summary>
internal static class JobAttributes
{
    private static readonly ConcurrentDictionary<Type, JobAttribute> Attributes = new();

    /// <exception cref="ArgumentException">The type has none, or one that is not right.</exception>
    public static JobAttribute Of(Type type) => Attributes.GetOrAdd(type, static type =>
    {
        try
        {
            return type.GetCustomAttribute<JobAttribute>(inherit: false)
                ?? throw new ArgumentException($"{type} has no [Job(\"name\")] attribute. The name is what is stored, so that renaming the class breaks nothing.");
        }
        catch (CustomAttributeFormatException e) when (e.GetBaseException() is ArgumentException wrong)
        {
            // What the runtime makes of a property that refuses its value.
            throw new ArgumentException($"The [Job] attribute of {type} has a value that it cannot have. {wrong.Message}", e);
        }
    });
}
