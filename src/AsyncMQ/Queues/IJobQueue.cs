namespace AsyncMQ;

/// <summary>One queue: adding, looking, changing, repeating. Hand out the narrow interface where that is enough.</summary>
public interface IJobQueue : IJobProducer, IJobInspector, IJobAdministrator, IJobRepeatables
{
    /// <summary>The queue's name.</summary>
    string Name { get; }
}
