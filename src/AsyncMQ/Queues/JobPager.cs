using System.Buffers.Text;
using System.Globalization;
using System.Text;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>Pages over the states of a query, one state after the other, over the store's keyset pages.</summary>
internal static class JobPager
{
    public static async Task<JobPage> ReadAsync(JobClientParts parts, string queue, JobQuery query, CancellationToken cancellationToken)
    {
        JobState[] states = Distinct(query.States);
        Cursor cursor = Cursor.Parse(query.After, states.Length);
        var jobs = new List<JobInfo>();
        while (cursor.State < states.Length && jobs.Count < query.Take)
        {
            var request = new PageRequest
            {
                Queue = queue,
                State = states[cursor.State],
                Take = query.Take - jobs.Count,
                After = cursor.Key,
                Reverse = query.Descending,
                Parts = JobParts.Payload | JobParts.Result,
            };
            StorePage page = await parts.ReadAsync((store, token) => store.PageAsync(request, token), cancellationToken).ConfigureAwait(false);
            jobs.AddRange(page.Jobs.Select(record => JobInfoReader.Read(record, parts.Json)));
            cursor = page.Next is { } next ? cursor with { Key = next } : new(cursor.State + 1, null);
        }

        QueueCounts counts = await parts.ReadAsync((store, token) => store.CountAsync(queue, token), cancellationToken).ConfigureAwait(false);
        return new(jobs, cursor.State < states.Length ? cursor.ToString() : null, states.Sum(state => counts.ByState[(int)state]));
    }

    private static JobState[] Distinct(IReadOnlyList<JobState> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        if (states.Count == 0)
            throw new ArgumentException("A query needs at least one state.", nameof(states));
        foreach (JobState state in states)
        {
            if (!Enum.IsDefined(state))
                throw new ArgumentException($"{(int)state} is not a job state.", nameof(states));
        }

        return [.. states.Distinct()];
    }

    /// <summary>Where a page ended: which of the query's states, and the place in it. Opaque to users.</summary>
    private readonly record struct Cursor(int State, PageKey? Key)
    {
        public static Cursor Parse(string? text, int states)
        {
            if (text is null)
                return new(0, null);

            byte[] bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
            string[] parts = Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, bytes, out int written) ? Encoding.ASCII.GetString(bytes, 0, written).Split('.') : [];
            if (parts.Length is 1 or 3
                && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int state) && state < states)
            {
                if (parts.Length == 1)
                    return new(state, null);
                if (long.TryParse(parts[1], CultureInfo.InvariantCulture, out long rank) && long.TryParse(parts[2], CultureInfo.InvariantCulture, out long sequence))
                    return new(state, new PageKey(rank, sequence));
            }

            throw new ArgumentException($"'{(text.Length > 64 ? text[..64] : text)}' is not a cursor of this query. Pass JobPage.Next of a page with the same states.", nameof(text));
        }

        public override string ToString() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(
            Key is { } key ? string.Create(CultureInfo.InvariantCulture, $"{State}.{key.Rank}.{key.Sequence}") : State.ToString(CultureInfo.InvariantCulture)));
    }
}
