using AsyncMQ.Seams;
using Microsoft.Extensions.Logging;

namespace AsyncMQ.Workers;

/// <summary>What the processes of an installation's isolated handlers need of it.</summary>
/// <param name="Installation">Its name; empty: it has none.</param>
/// <param name="MaxPayloadBytes">The most bytes of arguments and results.</param>
/// <param name="Seams">Clock, randomness, threads.</param>
/// <param name="Logger">Where to say what happens to processes.</param>
internal sealed record IsolationParts(string Installation, int MaxPayloadBytes, RuntimeSeams Seams, ILogger Logger);
