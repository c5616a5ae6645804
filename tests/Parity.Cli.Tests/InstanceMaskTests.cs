using System.Text.Json.Nodes;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Cli.Tests;

/// <summary>Instance masks from the picture to the verdict, by a network in the form of YOLO-seg whose weights are chosen by hand.</summary>
public sealed class InstanceMaskTests
{
    private const int Side = 64, Cell = 16;

    /// <summary>The task is the README's.</summary>
    private static readonly string Yaml = Readme.Example("kind: instance-masks") + """

        name: corners
        model: model.onnx
        dataset: {format: coco, images: images, annotations: instances.json}
        calibration: {format: folder, images: calibration}
        preprocessing: {resize: stretch, size: [64, 64], color: rgb, scale: 1/255}
        targets: [tensorrt]
        policy: {clauses: [segm/AP drop <= 50 points, bbox/AP drop <= 50 points]}
        bootstrap: {resamples: 100}
        probe-samples: 1
        worst-samples: 1

        """;

    [Fact]
    public void A_model_that_sees_every_pixel_has_a_segm_AP_of_one_and_one_run_gives_the_box_AP_too()
    {
        using var suite = new HandMadeSuite();
        Draw(suite);
        CommandLine.Result run = suite.Run(Build(), new JsonObject { ["id"] = 1, ["name"] = "corner" }, Yaml);

        run.ExitCode.Should().Be(0, run.Error + run.Output);
        suite.Value("reference", "segm/AP").Should().BeApproximately(1, 1e-12);
        suite.Value("reference", "bbox/AP").Should().BeApproximately(1, 1e-12);
        suite.Value("tensorrt", "segm/AP").Should().BeGreaterThan(0.9);

        CommandLine.Result outside = CommandLine.Run("coco-eval", "--gt", suite.Path("instances.json"), "--dt", suite.Path("out", "predictions", "tensorrt.json"), "--type", "segm", "--json", suite.Path("stats.json"));
        outside.ExitCode.Should().Be(0, outside.Error);
        JsonNode.Parse(File.ReadAllText(suite.Path("stats.json")))!["stats"]![0]!.GetValue<double>().Should().Be(suite.Value("tensorrt", "segm/AP"));
    }

    [Fact]
    public void Prototypes_of_another_number_than_the_coefficients_stop_the_run()
    {
        using var suite = new HandMadeSuite();
        Draw(suite);
        CommandLine.Result run = suite.Run(Build(), new JsonObject { ["id"] = 1, ["name"] = "corner" }, Yaml.Replace("coefficients: 32", "coefficients: 16"));

        run.ExitCode.Should().Be(3);
        run.Error.Should().Contain("a prototype for each of 16 coefficients").And.Contain("[1, 21, boxes]");
    }

    /// <summary>White corners: a cell of which a quarter is missing, so that the box alone is no mask.</summary>
    private static void Draw(HandMadeSuite suite)
    {
        var random = new Random(2);
        for (int picture = 0; picture < 6; picture++)
        {
            (int Cell, int Missing)[] corners = [.. Enumerable.Range(0, 16).OrderBy(_ => random.Next()).Take(3).Select(c => (c, random.Next(4)))];
            int id = suite.AddPicture(Side, (x, y) => corners.Any(c => Holds(c, x, y)) ? (255, 255, 255) : null);
            foreach ((int Cell, int Missing) corner in corners)
            {
                var counts = new JsonArray();
                int run = 0;
                bool inside = false;
                for (int i = 0; i < Side * Side; i++, run++)
                {
                    if (Holds(corner, i / Side, i % Side) == inside)
                        continue;
                    counts.Add(run);
                    (run, inside) = (0, !inside);
                }
                counts.Add(run);
                suite.AddAnnotation(id, corner.Cell % 4 * Cell, corner.Cell / 4 * Cell, Cell, Cell, 192, "segmentation", new JsonObject { ["size"] = new JsonArray(Side, Side), ["counts"] = counts });
            }
        }
    }

    private static bool Holds((int Cell, int Missing) corner, int x, int y) =>
        x / Cell == corner.Cell % 4 && y / Cell == corner.Cell / 4 && (x % Cell / 8) + (2 * (y % Cell / 8)) != corner.Missing;

    /// <summary>Boxes are the cells, scored by their brightness; the first prototype is the brightness of 2 x 2 pixels around 0, the second its opposite, the other 30 are nothing.</summary>
    private static OnnxModel Build()
    {
        OnnxModel model = OnnxModel.Create(17, "corners");
        Graph graph = model.Graph;
        graph.AddInput("images", TensorType.Float32, 1, 3, Side, Side);
        Convolution(graph, "output1", 2, [2f / 12, -2f / 12, .. new float[30]], [-1, 1, .. new float[30]]);
        Convolution(graph, "bright", Cell, [20f / (3 * Cell * Cell)], [-8]);
        const int cells = 16;
        graph.SetInitializer("rows", Tensor.Create(new long[] { 1, 1, cells }, 3));
        graph.SetInitializer("cells", Tensor.Create([.. Of(c => c % 4 * Cell + 8), .. Of(c => c / 4 * Cell + 8), .. Of(_ => Cell), .. Of(_ => Cell)], 1, 4, cells));
        graph.SetInitializer("coefficients", Tensor.Create([.. Of(_ => 3), .. Of(_ => -1), .. Enumerable.Repeat(1f, 30 * cells)], 1, 32, cells));
        graph.Add(new Node("Reshape", ["bright", "rows"], ["flat"], "reshape"));
        graph.Add(new Node("Sigmoid", ["flat"], ["scores"], "sigmoid"));
        graph.Add(new Node("Concat", ["cells", "scores", "coefficients"], ["output0"], "concat").Set("axis", 1));
        graph.AddOutput("output0", TensorType.Float32, [1, 37, cells]);
        graph.AddOutput("output1", TensorType.Float32, [1, 32, Side / 2, Side / 2]);
        return model;

        static IEnumerable<float> Of(Func<int, float> value) => Enumerable.Range(0, cells).Select(value);
    }

    /// <summary>All weights of an output alike.</summary>
    private static void Convolution(Graph graph, string name, int kernel, float[] weights, float[] biases)
    {
        graph.SetInitializer($"{name}.weight", Tensor.Create([.. weights.SelectMany(w => Enumerable.Repeat(w, 3 * kernel * kernel))], weights.Length, 3, kernel, kernel));
        graph.SetInitializer($"{name}.bias", Tensor.Create(biases, biases.Length));
        graph.Add(new Node("Conv", ["images", $"{name}.weight", $"{name}.bias"], [name], $"{name}/conv")
            .Set("kernel_shape", [kernel, kernel]).Set("strides", [kernel, kernel]).Set("dilations", [1, 1]).Set("pads", [0, 0, 0, 0]).Set("group", 1));
    }
}
