using System.Diagnostics.CodeAnalysis;

namespace KvStore.Actors;

/// <summary>Turns the end of a task into a message.</summary>
[SuppressMessage("Usage", "VSTHRD003", Justification = "Waiting for somebody else's task is what it is for, and no actor waits.")]
public static class PipeToSupport
{
    /// <summary>Sends the result, or a <see cref="Status.Failure"/>, to <paramref name="recipient"/>.</summary>
    public static async Task PipeTo<T>(
        this Task<T> taskToPipe, ICanTell recipient, IActorRef? sender = null, Func<T, object>? success = null, Func<Exception, object>? failure = null)
    {
        sender ??= ActorCell.CurrentSelfOrNoSender();
        var isDriven = recipient.IsDriven();
        object message;
        try
        {
            var result = await taskToPipe.ConfigureAwait(isDriven);
            message = success is null ? result! : success(result);
        }
        catch (Exception cause)
        {
            message = failure is null ? new Status.Failure(cause) : failure(cause);
        }
        recipient.Tell(message, sender);
    }

    /// <summary>Sends what <paramref name="success"/> makes, or a <see cref="Status.Failure"/>, to <paramref name="recipient"/>.</summary>
    public static async Task PipeTo(
        this Task taskToPipe, ICanTell recipient, IActorRef? sender = null, Func<object>? success = null, Func<Exception, object>? failure = null)
    {
        sender ??= ActorCell.CurrentSelfOrNoSender();
        var isDriven = recipient.IsDriven();
        object? message;
        try
        {
            await taskToPipe.ConfigureAwait(isDriven);
            message = success?.Invoke();
        }
        catch (Exception cause)
        {
            message = failure is null ? new Status.Failure(cause) : failure(cause);
        }
        if (message is not null)
            recipient.Tell(message, sender);
    }
}
