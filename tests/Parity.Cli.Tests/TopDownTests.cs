using System.Text.Json.Nodes;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Cli.Tests;

/// <summary>Top-down keypoints from the picture to the verdict, by a network of one convolution whose heatmaps are hills over red and blue dots.</summary>
public sealed class TopDownTests
{
    private const int Side = 192, Width = 48, Height = 64, Stride = 4, Kernel = 12;

    private const string Yaml = """
        name: dots
        model: model.onnx
        dataset: {format: coco, images: images, annotations: instances.json}
        calibration: {format: coco, images: calibration, annotations: instances.json}
        preprocessing: {resize: stretch, size: [48, 64], color: rgb, scale: 1/255}
        task:
          kind: keypoints
          decoder: {kind: heatmaps}
          boxes: ground-truth
          sigmas: [0.1, 0.1]
        targets: [tensorrt, rk1808]
        policy: {clauses: [keypoints/AP drop <= 50 points]}
        bootstrap: {resamples: 100}
        probe-samples: 1
        worst-samples: 1

        """;

    [Fact]
    public void Each_person_is_cut_out_and_its_joints_are_found_to_the_quarter_of_a_cell()
    {
        using HandMadeSuite suite = Run(Yaml);

        suite.Value("reference", "keypoints/AP").Should().BeApproximately(1, 1e-12);
        suite.Value("reference", "bbox/AP").Should().BeApproximately(1, 1e-12, "the boxes are the truth's");
        suite.Value("tensorrt", "keypoints/AP").Should().BeGreaterThan(0.9);
        suite.Reach("rk1808", "heatmaps").Should().BeGreaterThan(0.98, "the ranges come from persons cut out of the calibration pictures as they are cut when it runs");
    }

    [Fact]
    public void Pictures_of_a_folder_are_calibrated_on_as_they_are()
    {
        using HandMadeSuite suite = Run(Yaml.Replace("{format: coco, images: calibration, annotations: instances.json}", "{format: folder, images: calibration}"));

        suite.Reach("rk1808", "heatmaps").Should().BeLessThan(0.9, "the dots of a whole picture are smaller in the input than those of a person cut out, and so are their hills");
    }

    private static HandMadeSuite Run(string yaml)
    {
        var suite = new HandMadeSuite();
        var random = new Random(4);
        for (int picture = 0; picture < 5; picture++)
        {
            // Two persons side by side, of unlike proportions; a dot of each colour in each.
            (double X, double Y, double W, double H)[] boxes = [(6 + random.Next(10), 10 + random.Next(30), 50 + random.Next(20), 110 + random.Next(20)), (104 + random.Next(10), 20 + random.Next(30), 60, 80 + random.Next(20))];
            (double X, double Y)[][] joints = [.. boxes.Select(b => new[] { (b.X + 12 + random.Next(8), b.Y + 14 + random.Next(10)), (b.X + b.W - 14 - random.Next(8), b.Y + b.H - 16 - random.Next(10)) })];
            int id = suite.AddPicture(Side, (x, y) => joints.Select(j => Near(j[0], x, y) ? ((byte, byte, byte)?)(0, 0, 255) : Near(j[1], x, y) ? (255, 0, 0) : null).FirstOrDefault(c => c is not null));
            foreach (((double X, double Y, double W, double H) box, (double X, double Y)[] of) in boxes.Zip(joints))
                suite.AddAnnotation(id, box.X, box.Y, box.W, box.H, box.W * box.H / 2, "keypoints", new JsonArray(of[0].X, of[0].Y, 2, of[1].X, of[1].Y, 2));
        }
        CommandLine.Result run = suite.Run(Build(), new JsonObject { ["id"] = 1, ["name"] = "person", ["keypoints"] = new JsonArray("red", "blue"), ["skeleton"] = new JsonArray(new JsonArray(1, 2)) }, yaml);
        run.ExitCode.Should().BeOneOf([0, 1, 2], run.Error + run.Output);
        return suite;
    }

    private static bool Near((double X, double Y) joint, int x, int y) => Math.Abs(x - joint.X) <= 5 && Math.Abs(y - joint.Y) <= 5;

    /// <summary>Redder than blue, and the reverse, weighed by a Gaussian around each cell.</summary>
    private static OnnxModel Build()
    {
        OnnxModel model = OnnxModel.Create(17, "dots");
        Graph graph = model.Graph;
        graph.AddInput("images", TensorType.Float32, 1, 3, Height, Width);
        var weights = new List<float>();
        foreach (float[] colours in new float[][] { [1, -0.5f, -1], [-1, -0.5f, 1] })
            foreach (float colour in colours)
                for (int i = 0; i < Kernel * Kernel; i++)
                    weights.Add(colour * 0.06f * MathF.Exp(-(Squared(i % Kernel) + Squared(i / Kernel)) / 18));
        graph.SetInitializer("hills.weight", Tensor.Create([.. weights], 2, 3, Kernel, Kernel));
        graph.SetInitializer("hills.bias", Tensor.Create(new float[] { 0, 0 }, 2));
        // Cell c stands for the pixel 4 c, as the decoder has it: pixels 4 c - 6 to 4 c + 5, whose middle is 4 c - .5, the pixel's upper left corner.
        graph.Add(new Node("Conv", ["images", "hills.weight", "hills.bias"], ["heatmaps"], "hills/conv")
            .Set("kernel_shape", [Kernel, Kernel]).Set("strides", [Stride, Stride]).Set("dilations", [1, 1]).Set("pads", [6, 6, 2, 2]).Set("group", 1));
        graph.AddOutput("heatmaps", TensorType.Float32, [1, 2, Height / Stride, Width / Stride]);
        return model;

        static float Squared(int at) => (at - (Kernel - 1) / 2f) * (at - (Kernel - 1) / 2f);
    }
}
