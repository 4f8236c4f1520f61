namespace KvStore.Actors.TestKit;

/// <summary>Marks a class of tests that is not the sender of what it tells.</summary>
public interface INoImplicitSender;

/// <summary>
/// Who tells in a test. It flows with the test's execution context, so it holds after an <c>await</c> and does not reach tests
/// that run at the same time; the turn of an actor always comes first.
/// </summary>
internal static class ImplicitSender
{
    private static readonly AsyncLocal<IActorRef?> s_current = new();

    static ImplicitSender() => ActorCell.SelfOutsideActors = static () => s_current.Value;

    internal static IActorRef? Current
    {
        get => s_current.Value;
        set => s_current.Value = value;
    }
}
