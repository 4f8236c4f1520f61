using KvStore.Node.Healing;

namespace KvStore.Node.Tests.Healing;

/// <summary>What nodes say past their removal comes from anywhere: it is read as it was written, or not at all.</summary>
public sealed class HealingCodecTests
{
    private static readonly ClusterPicture s_picture = Pictures.Of("abc", sinceMs: -5, uid: -7, sees: Pictures.Of("d"));

    [Fact]
    public void Every_message_comes_back_as_it_was()
    {
        foreach (var isAnswer in (bool[])[true, false])
        {
            var again = HealingCodec.TryDecode(HealingCodec.TryEncode(new Sighting(s_picture, isAnswer))).ShouldBeOfType<Sighting>();
            again.IsAnswer.ShouldBe(isAnswer);
            again.Picture.Members.ShouldBe(s_picture.Members);
            again.Picture.Id.ShouldBe(s_picture.Id);
            again.Picture.Sees.ShouldBe(s_picture.Sees);
        }
        var move = HealingCodec.TryDecode(HealingCodec.TryEncode(new Move(s_picture.Members, ["x:1", "größe:2"]))).ShouldBeOfType<Move>();
        move.Who.ShouldBe(s_picture.Members);
        move.To.ShouldBe(["x:1", "größe:2"]);
    }

    [Fact]
    public void What_a_node_sees_elsewhere_is_no_part_of_what_its_cluster_is()
    {
        (s_picture with { Sees = [] }).Id.ShouldBe(s_picture.Id);
        foreach (var other in (ClusterPicture[])[Pictures.Of("ab", -5, uid: -7), Pictures.Of("abc", -4, uid: -7), Pictures.Of("abc", -5, uid: 7), Pictures.Of("abc", -5, isSettled: false, uid: -7)])
            other.Id.ShouldNotBe(s_picture.Id);
    }

    [Fact]
    public void What_is_cut_short_or_goes_on_or_is_of_another_version_is_nothing()
    {
        foreach (var message in (HealingMessage[])[new Sighting(s_picture, IsAnswer: false), new Move(s_picture.Members, ["x:1"])])
        {
            var bytes = HealingCodec.TryEncode(message)!;
            for (var length = 0; length < bytes.Length; length++)
                HealingCodec.TryDecode(bytes.AsSpan(0, length)).ShouldBeNull();
            HealingCodec.TryDecode([.. bytes, 0]).ShouldBeNull();
            HealingCodec.TryDecode([9, .. bytes.AsSpan(1)]).ShouldBeNull();
        }
    }

    [Fact]
    public void A_cluster_that_is_too_large_to_be_told_is_not_told()
    {
        var members = Enumerable.Range(0, HealingCodec.MaxMembers + 1).Select(static i => new PicturedMember($"{i}", i)).ToList();
        HealingCodec.TryEncode(new Sighting(s_picture with { Members = members }, IsAnswer: false)).ShouldBeNull();
        HealingCodec.TryEncode(new Move(members, [])).ShouldBeNull();
        var full = new Sighting(s_picture with { Members = [.. members.Take(HealingCodec.MaxMembers).Select(static m => m with { Address = new string('a', 500) })] }, IsAnswer: false);
        HealingCodec.TryEncode(full)!.Length.ShouldBeLessThan(48 * 1024);
    }

    [Fact]
    public void Bytes_of_anyone_are_read_or_nothing()
    {
        var random = new Random(3);
        var bytes = HealingCodec.TryEncode(new Sighting(s_picture, IsAnswer: false))!;
        for (var i = 0; i < 100_000; i++)
        {
            var mutated = bytes.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            _ = HealingCodec.TryDecode(mutated);
        }
    }
}
