using KvStore.Actors.Membership;
using KvStore.Actors.Membership.Downing;

namespace KvStore.Actors.Tests.Membership.Downing;

/// <summary>
/// A clean split from a picture: <c>1 2 | 3j 4lA</c> are four members of which the first two do not reach the others, the third is
/// Joining (j; w WeaklyUp, l Leaving, e Exiting, d Down), and the fourth has the role A. They became Up in the order of their
/// numbers, unless <c>oldest</c> says who was first.
/// </summary>
internal sealed class Split
{
    private readonly Member[][] _sides;

    public Split(string picture, int oldest = 1)
    {
        _sides = [.. picture.Split('|').Select(side => side.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => Read(text, oldest)).ToArray())];
    }

    /// <summary>As the members of that side see it: they alone have seen the gossip, and each doubts everybody elsewhere.</summary>
    public SplitView SeenBy(int side)
    {
        var here = _sides[side].Select(static m => m.UniqueAddress).ToArray();
        var there = _sides.Where((_, i) => i != side).SelectMany(static s => s).Select(static m => m.UniqueAddress).ToArray();
        return new SplitView(
            _sides.SelectMany(static s => s),
            [.. there],
            here.SelectMany(observer => there.Select(subject => new Doubt(observer, subject))),
            [.. here]);
    }

    /// <summary>Whom each side marks as Down, as <c>left | right</c>.</summary>
    public string DownedBy(DowningStrategy strategy) =>
        string.Join(" | ", Enumerable.Range(0, _sides.Length).Select(side =>
        {
            var view = SeenBy(side);
            return Numbers(strategy.NodesToDown(view, strategy.Decide(view)));
        }));

    public static string Numbers(IEnumerable<Member> members) => string.Join(' ', members.Select(static m => m.UniqueAddress.Uid));

    public static UniqueAddress Node(int number) => new(SimulatedCluster.AddressOf(number), number);

    public static Member Up(int number) => Member.Create(Node(number), number, MemberStatus.Up, []);

    private static Member Read(string text, int oldest)
    {
        var number = text[0] - '0';
        var status = text.Length < 2 || char.IsUpper(text[1]) ? MemberStatus.Up : text[1] switch
        {
            'j' => MemberStatus.Joining,
            'w' => MemberStatus.WeaklyUp,
            'l' => MemberStatus.Leaving,
            'e' => MemberStatus.Exiting,
            _ => MemberStatus.Down,
        };
        var age = status is MemberStatus.Joining or MemberStatus.WeaklyUp ? Member.NotYetUp : number == oldest ? 0 : number;
        return Member.Create(Node(number), age, status, [.. text.Where(char.IsUpper).Select(static c => c.ToString())]);
    }
}
