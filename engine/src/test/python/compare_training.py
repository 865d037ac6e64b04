"""Alternates TrainingBenchmark and training_benchmark.py and prints medians and their ratios.

    python compare_training.py CLASSPATH [ROUNDS]

CLASSPATH is that of the engine's tests; see TrainingBenchmark.java for how to get it. The Python
that runs this must have torch.
"""

import pathlib
import statistics
import subprocess
import sys


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def main():
    classpath = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    script = pathlib.Path(__file__).with_name("training_benchmark.py")
    ratios = []
    for model in ("mlp", "lenet-5", "resnet20"):
        for optimizer in ("sgd", "adam"):
            for threads in ("1", "2"):
                case = [model, optimizer, threads]
                java, python = [], []
                for _ in range(rounds):
                    java.append(
                        run(["java", "-Xmx2g", "-cp", classpath,
                             "dev.espalier.engine.train.TrainingBenchmark", *case]))
                    python.append(run([sys.executable, str(script), *case]))
                ours, theirs = statistics.median(java), statistics.median(python)
                ratios.append(ours / theirs)
                print(f"{model:9} {optimizer:5} {threads} threads: "
                      f"{ours:9.1f} images/s, PyTorch {theirs:9.1f}, ratio {ours / theirs:.2f}",
                      flush=True)
    print(f"mean ratio {statistics.mean(ratios):.3f}, least {min(ratios):.3f}")


if __name__ == "__main__":
    main()
