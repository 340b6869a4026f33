#!/bin/sh
# From the data to the two files:  sh weights/train/make.sh FOLDER OUT
# Stopped, it goes on where it was. PYTHON names another Python than python3.
set -eu
data=$1 out=$2 here=$(dirname "$0") python=${PYTHON:-python3}

# SIZE NAME OPTIONS: trains OUT/NAME/cnn.pt, if it isn't there.
train() {
  [ -f "$out/$2/cnn.pt" ] || "$python" "$here/train.py" --data "$data" --size "$1" --out "$out/$2" $3
}
train large large-1 "--epochs 30 --rate 0.08 --seed 1"
train large large-2 "--epochs 12 --rate 0.03 --seed 3 --start $out/large-1/cnn.pt"
train large large "--epochs 30 --rate 0.05 --strength 0.6 --seed 4 --start $out/large-2/cnn.pt"
train small small-1 "--epochs 66 --milder-from 38 --rate 0.1 --seed 2 --teacher $out/large-2/cnn.pt"
train small small "--epochs 90 --rate 0.06 --strength 0.6 --seed 5 --start $out/small-1/cnn.pt --teacher $out/large/cnn.pt"
"$python" "$here/svm.py" --data "$data" --out "$out"
"$python" "$here/export.py" --out "$out" --weights "$here/.."
