namespace AsyncMQ;

/// <summary>
/// Changes what is stored of a job's payloads: what was given is turned into bytes to store, and these back into what was given. Encryption is one
/// (<see cref="AsyncMQBuilder.EncryptPayloads"/>). Called by many at once; must never keep or change the memory that it is given.
/// </summary>
/// <remarks>
/// Ids, names, headers, tags and the other options are no payloads: the store works with them. What a transform stores must not begin as JSON text does, if it
/// is to tell it from what was stored before there was one.
/// </remarks>
public interface IPayloadTransform
{
    /// <summary>What to store.</summary>
    /// <param name="payload">What was given: JSON text in UTF-8, or plain text of a message or line; of arguments also nothing at all.</param>
    /// <param name="place">What it is and whose.</param>
    /// <remarks>An exception refuses the add, or fails the attempt.</remarks>
    ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> payload, in PayloadPlace place);

    /// <summary>What was given, from what is stored.</summary>
    /// <param name="stored">What is stored; also what was stored before this transform was there.</param>
    /// <param name="place">What it is and whose: the same as when it was written.</param>
    /// <exception cref="PayloadUnreadableException">It cannot be read here.</exception>
    ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> stored, in PayloadPlace place);
}

/// <summary>What a payload is and whose: the same whenever it is written and read, so that it may be bound to it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Queue">The job's queue.</param>
/// <param name="JobName">The job's name.</param>
/// <param name="Owner">The job's id. For the arguments of a repeatable and all of its jobs, which are the same bytes, <c>@</c> and the repeatable's id.</param>
public readonly record struct PayloadPlace(PayloadKind Kind, string Queue, string JobName, string Owner);

/// <summary>What a payload is.</summary>
public enum PayloadKind : byte
{
    /// <summary>A job's arguments.</summary>
    Arguments = 0,

    /// <summary>A job's result.</summary>
    Result = 1,

    /// <summary>Why an attempt failed.</summary>
    Error = 2,

    /// <summary>The message of a progress.</summary>
    Progress = 3,

    /// <summary>A line that a handler logged.</summary>
    LogLine = 4,
}
