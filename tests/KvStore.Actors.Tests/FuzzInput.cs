namespace KvStore.Actors.Tests;

/// <summary>Hostile bytes from a seed: random ones, and valid ones with a few bytes changed, cut off or added.</summary>
internal static class FuzzInput
{
    public static byte[] Next(Random random, byte[][] samples)
    {
        if (random.Next(8) == 0)
        {
            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            return noise;
        }
        var input = (byte[])samples[random.Next(samples.Length)].Clone();
        for (var changes = random.Next(4); changes >= 0 && input.Length > 0; changes--)
        {
            switch (random.Next(6))
            {
                case 0:
                    Array.Resize(ref input, random.Next(input.Length + 1));
                    break;
                case 1:
                    Array.Resize(ref input, input.Length + random.Next(16));
                    break;
                case 2:
                    // The numbers at which bounds are.
                    input[random.Next(input.Length)] = (byte)(random.Next(2) == 0 ? 0xFF : 0x00);
                    break;
                default:
                    input[random.Next(input.Length)] = (byte)random.Next(256);
                    break;
            }
        }
        return input;
    }
}
