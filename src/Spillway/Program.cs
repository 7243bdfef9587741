using Spillway;
using Spillway.Configuration;
using Spillway.Retention;

var root = CommandLine.Build(Commands.ServeAsync, Commands.DemoAsync, Commands.CheckAsync);
root.Add(SweepCommand.Build());
return await CommandLine.RunAsync(root, args, Console.Out, Console.Error);
