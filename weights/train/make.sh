#!/bin/sh
# From the data to the two files:  sh weights/train/make.sh FOLDER OUT
# Stopped, it goes on where it was. PYTHON names another Python than python3.
set -eu
data=$1 out=$2 here=$(dirname "$0") python=${PYTHON:-python3}

train() {
  [ -f "$2/cnn.pt" ] || "$python" "$here/train.py" --data "$data" --size "$1" --out "$2" $3
}
train large "$out/large-first" "--epochs 30 --rate 0.08 --seed 1"
train large "$out/large" "--epochs 12 --rate 0.03 --seed 3 --start $out/large-first/cnn.pt"
train small "$out/small" "--epochs 66 --milder-from 38 --rate 0.1 --seed 2 --teacher $out/large/cnn.pt"
"$python" "$here/svm.py" --data "$data" --out "$out"
"$python" "$here/export.py" --out "$out" --weights "$here/.."
