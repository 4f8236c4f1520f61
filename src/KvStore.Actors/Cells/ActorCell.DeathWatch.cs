namespace KvStore.Actors;

/// <summary>Who watches this actor, and whom it watches.</summary>
internal sealed partial class ActorCell
{
    // Watched actor → what to deliver in place of Terminated, or null.
    private Dictionary<IActorRef, object?>? _watching;

    // Stopped actors whose Terminated is in the mailbox: an Unwatch in between drops it.
    private Dictionary<IActorRef, object?>? _terminatedQueued;
    private List<IInternalActorRef>? _watchers;

    public IActorRef Watch(IActorRef subject) => Watch(subject, null);

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Watch(subject, message);
    }

    private IActorRef Watch(IActorRef subject, object? message)
    {
        var watchee = (IInternalActorRef)subject;
        if (watchee.Equals(_self))
            return subject;
        _watching ??= [];
        if (_watching.TryGetValue(watchee, out var earlier))
        {
            if (!Equals(earlier, message))
                throw new InvalidOperationException($"Watch({subject}) termination message was not overwritten from [{earlier}] to [{message}]. If this was intended, unwatch first before using Watch / WatchWith with another message.");
            return subject;
        }
        _watching.Add(watchee, message);
        _terminatedQueued?.Remove(watchee);
        if (!watchee.IsLocal)
            SystemImpl.AddressTerminations.Subscribe(_self);
        watchee.SendSystemMessage(new Watch(watchee, _self));
        return subject;
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        var watchee = (IInternalActorRef)subject;
        if (_watching is not null && _watching.Remove(watchee))
            watchee.SendSystemMessage(new Unwatch(watchee, _self));
        _terminatedQueued?.Remove(watchee);
        return subject;
    }

    private void UnwatchAll()
    {
        if (_watching is null)
            return;
        foreach (var watchee in _watching.Keys)
            ((IInternalActorRef)watchee).SendSystemMessage(new Unwatch((IInternalActorRef)watchee, _self));
        _watching = null;
        _terminatedQueued = null;
        SystemImpl.AddressTerminations.Unsubscribe(_self);
    }

    private void AddWatcher(IInternalActorRef watcher)
    {
        _watchers ??= [];
        if (!_watchers.Contains(watcher))
            _watchers.Add(watcher);
        if (!watcher.IsLocal)
            SystemImpl.AddressTerminations.Subscribe(_self);
    }

    private void RemoveWatcher(IInternalActorRef watcher) => _watchers?.Remove(watcher);

    private void TellWatchers()
    {
        SystemImpl.AddressTerminations.Unsubscribe(_self);
        if (_watchers is null)
            return;
        foreach (var watcher in _watchers)
        {
            // The supervisor was told already.
            if (!watcher.Equals(ParentRef))
                watcher.SendSystemMessage(new DeathWatchNotification(_self, existenceConfirmed: true, addressTerminated: false));
        }
        _watchers = null;
    }

    private void OnDeath(DeathWatchNotification died)
    {
        var watched = WatchedAs(died.Actor);
        if (_watching is not null && _watching.Remove(watched, out var message) && _waiting != Waiting.ToTerminate)
        {
            _terminatedQueued ??= [];
            _terminatedQueued[watched] = message;
            Mailbox.Post(new Terminated(watched, died.ExistenceConfirmed, died.AddressTerminated), watched);
        }
        OnChildGone(died.Actor);
    }

    // An actor elsewhere may be watched by its path alone, but its end is told with its uid.
    private IActorRef WatchedAs(IActorRef died) =>
        _watching is null || died.Path.Uid == 0 || ((IInternalActorRef)died).IsLocal || _watching.ContainsKey(died)
            ? died
            : _watching.Keys.FirstOrDefault(each => each.Path.Uid == 0 && each.Path.Equals(died.Path)) ?? died;

    private void OnTerminatedQueued(Terminated terminated)
    {
        if (_terminatedQueued is not null && _terminatedQueued.Remove(terminated.ActorRef, out var message))
        {
            _message = message ?? terminated;
            ReceiveMessage(_message);
        }
    }

    private void OnAddressTerminated(Address address)
    {
        _watchers?.RemoveAll(watcher => watcher.Path.Address.Equals(address));
        if (_watching is null)
            return;
        foreach (var watchee in _watching.Keys.Where(each => each.Path.Address.Equals(address)).ToArray())
            ((IInternalActorRef)_self).SendSystemMessage(new DeathWatchNotification(watchee, existenceConfirmed: false, addressTerminated: true));
    }
}
