using System.Buffers.Binary;
using System.Text;
using AsyncMQ.Storage;

namespace AsyncMQ.Redis.Coding;

/// <summary>How a job hangs together with others, as <c>Scripts/Library/05-links.lua</c> keeps it.</summary>
/// <param name="head">What changes: the field <c>x</c>.</param>
/// <param name="edges">What it depends on: the field <c>y</c>; empty when there is none, or it was not asked for.</param>
internal readonly struct StoredLink(byte[] head, byte[] edges)
{
    private const int Fixed = 8;

    public OnDependencyFailure Policy => IsThere ? (OnDependencyFailure)head[0] : default;

    /// <summary>The flow's id; null: none.</summary>
    public string? Flow => IsThere && FlowLength > 0 ? Encoding.UTF8.GetString(head, Fixed + DueLength, FlowLength) : null;

    public IReadOnlyList<DependencyRecord> Dependencies
    {
        get
        {
            if (!IsThere || edges.Length == 0)
                return [];

            ReadOnlySpan<byte> statuses = head.AsSpan(Fixed + DueLength + FlowLength);
            var dependencies = new DependencyRecord[statuses.Length];
            var reader = new Unpacker(edges);
            for (int i = 0; i < dependencies.Length; i++)
            {
                _ = reader.Long(); // the dependency's handle
                int queue = reader.Short(), id = reader.Short();
                dependencies[i] = new(new(reader.Text(queue), reader.Text(id)), (DependencyStatus)statuses[i]);
            }

            return dependencies;
        }
    }

    private bool IsThere => head is { Length: >= Fixed };

    private int DueLength => head[5];

    private int FlowLength => BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(6));
}
