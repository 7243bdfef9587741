using Spillway;
using Spillway.Configuration;

var root = CommandLine.Build(Commands.ServeAsync, Commands.DemoAsync, Commands.CheckAsync);
return await CommandLine.RunAsync(root, args, Console.Out, Console.Error);
