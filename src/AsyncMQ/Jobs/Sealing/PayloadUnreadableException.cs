namespace AsyncMQ;

/// <summary>A stored payload cannot be read here: it is encrypted and the key is not there, or it was changed. The message holds nothing of it.</summary>
public sealed class PayloadUnreadableException(string message, Exception? innerException = null) : Exception(message, innerException);
