namespace KvStore.Actors.Tests.Fixtures;

internal static class MailboxExtensions
{
    /// <summary>Returns when the actor has been created and its mailbox is idle.</summary>
    internal static void WaitUntilIdle(this Mailbox mailbox, IActorRef actor)
    {
        actor.Ask<ActorIdentity>(new Identify("idle"), TimeSpan.FromSeconds(30)).Wait();
        SpinWait.SpinUntil(() => mailbox.IsIdle, TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }
}
