/** Every kernel's cases, for the tests and the benchmarks. The library itself imports no case. */

import { argMaxCases } from '../argmax/argmax.cases';
import { binarizerCases } from '../binarizer/binarizer.cases';
import { boxesCases } from '../boxes/boxes.cases';
import { broadcastCases } from '../broadcast/broadcast.cases';
import { convTranspose2dCases } from '../conv-transpose2d/conv-transpose2d.cases';
import { conv2dCases } from '../conv2d/conv2d.cases';
import { copyCases } from '../copy/copy.cases';
import { cropsCases } from '../crops/crops.cases';
import { denseCases } from '../dense/dense.cases';
import { depthwiseConv2dCases } from '../depthwise-conv2d/depthwise-conv2d.cases';
import { elementwiseCases } from '../elementwise/elementwise.cases';
import { facesCases } from '../faces/faces.cases';
import { frameCases } from '../frame/frame.cases';
import { functionCases } from '../functions/functions.cases';
import { gatherCases } from '../gather/gather.cases';
import { globalPoolCases } from '../global-pool/global-pool.cases';
import { gridsCases } from '../grids/grids.cases';
import { lrnCases } from '../lrn/lrn.cases';
import { matMulCases } from '../matmul/matmul.cases';
import { normalizeCases } from '../normalize/normalize.cases';
import { normalizerCases } from '../normalizer/normalizer.cases';
import { poolCases } from '../pool/pool.cases';
import { recurrentCases } from '../recurrent/recurrent.cases';
import { reduceCases } from '../reduce/reduce.cases';
import { resizeCases } from '../resize/resize.cases';
import { softmaxCases } from '../softmax/softmax.cases';
import { svmCases } from '../svm/svm.cases';
import { topKCases } from '../topk/topk.cases';
import { winogradCases } from '../winograd/winograd.cases';
import type { KernelCases } from './case';

export const allCases: readonly KernelCases[] = [
  elementwiseCases,
  functionCases,
  broadcastCases,
  denseCases,
  matMulCases,
  conv2dCases,
  convTranspose2dCases,
  winogradCases,
  depthwiseConv2dCases,
  poolCases,
  globalPoolCases,
  reduceCases,
  softmaxCases,
  normalizeCases,
  lrnCases,
  normalizerCases,
  binarizerCases,
  argMaxCases,
  topKCases,
  recurrentCases,
  copyCases,
  gatherCases,
  resizeCases,
  frameCases,
  boxesCases,
  facesCases,
  cropsCases,
  gridsCases,
  svmCases,
];
