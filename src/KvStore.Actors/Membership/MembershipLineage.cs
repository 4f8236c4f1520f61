namespace KvStore.Actors.Membership;

/// <summary>
/// The incarnations of one node, one after the other. When one was downed although the node lives, the next, with a uid of its own, joins
/// again a moment later; when it left, it was the last. Pure, as the machines are.
/// </summary>
internal sealed class MembershipLineage
{
    /// <summary>
    /// How long a downed node waits before it asks to be let in again: the word that it is Down has gone round by then, and an operator
    /// who reads the logs sees two things happen and not one.
    /// </summary>
    public const long RejoinAfterMs = 1000;

    private readonly IReadOnlyList<string> _roles;
    private readonly MembershipSettings _settings;
    private readonly Func<int> _nextUid;
    private readonly int _seed;
    private IReadOnlyList<Address> _seeds = [];
    private IReadOnlyCollection<Address> _formerMembers = [];
    private IReadOnlyCollection<Address> _others = [];
    private long? _rejoinAtMs;
    private bool _isLast;

    public MembershipLineage(UniqueAddress first, IReadOnlyList<string> roles, MembershipSettings settings, int seed, Func<int> nextUid)
    {
        _roles = roles;
        _settings = settings;
        _seed = seed;
        _nextUid = nextUid;
        Machine = new MembershipMachine(first, roles, settings, seed);
    }

    /// <summary>The incarnation of now.</summary>
    public MembershipMachine Machine { get; private set; }

    /// <summary>True when the incarnation of now has ended and none follows.</summary>
    public bool HasEnded => Machine.HasEnded && !WillReturn;

    private bool WillReturn => Machine.MayReturn && !_isLast;

    /// <summary>Joins through seeds, which later incarnations ask too.</summary>
    public void JoinSeedNodes(IReadOnlyList<Address> seeds, long nowMs)
    {
        _seeds = seeds;
        Machine.JoinSeedNodes(seeds, nowMs);
    }

    /// <summary>
    /// Gives up this membership for that of others: the next incarnation asks them too. One that is out already only asks them.
    /// </summary>
    public void JoinInstead(IReadOnlyCollection<Address> others, long nowMs)
    {
        if (_isLast)
            return;
        if (Machine.SelfMember.Status is MemberStatus.Up or MemberStatus.Joining or MemberStatus.WeaklyUp)
        {
            _others = others;
            Machine.Down(Machine.Self.Address, nowMs);
            return;
        }
        _formerMembers = [.. _formerMembers.Union(others)];
        Machine.AskAlso(others);
    }

    /// <summary>This node is going for good: whatever happens to this incarnation, none follows.</summary>
    public void Retire()
    {
        _isLast = true;
        if (_rejoinAtMs is null)
            return;
        _rejoinAtMs = null;
        Machine.StopJoining();
    }

    /// <summary>Time has passed.</summary>
    public void Tick(long nowMs)
    {
        if (nowMs >= _rejoinAtMs)
        {
            _rejoinAtMs = long.MaxValue;
            Machine.Rejoin(_seeds, _formerMembers, nowMs);
        }
        Machine.Tick(nowMs);
    }

    /// <summary>
    /// Replaces an incarnation that was downed. To be called when its last effects have been carried out; false when it goes on, or
    /// was the last.
    /// </summary>
    public bool TryRenew(long nowMs)
    {
        if (!Machine.HasEnded || !WillReturn)
            return false;
        var old = Machine.Self;
        var uid = _nextUid();
        while (uid == old.Uid)
            uid = _nextUid();
        // Who was turned away before it was let in knows of fewer than its predecessor did.
        _formerMembers = [.. Machine.FormerMembers.Union(Machine.WasUp ? _others : _formerMembers.Union(_others))];
        _others = [];
        _rejoinAtMs = nowMs + RejoinAfterMs;
        Machine = new MembershipMachine(new UniqueAddress(old.Address, uid), _roles, _settings, unchecked(_seed + uid));
        return true;
    }
}
