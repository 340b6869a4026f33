/** A window of KH x KW that moves over a picture (H,W) and gives one of (HO,WO), as in ONNX's Conv and pools. */
export interface WindowOptions {
  readonly H: number;
  readonly W: number;
  readonly HO: number;
  readonly WO: number;
  readonly KH: number;
  readonly KW: number;
  readonly strides: readonly [number, number];
  /** Rows of padding above and columns left of the picture; kernels that count the padding also take what follows. */
  readonly pads: readonly [top: number, left: number, ...more: number[]];
  readonly dilations: readonly [number, number];
}

/** The override constants that all kernels with a window have in common. */
export const windowConstants = (o: WindowOptions): Record<string, number> => ({
  ...{ H: o.H, W: o.W, HO: o.HO, WO: o.WO, KH: o.KH, KW: o.KW },
  ...{ STRIDE_H: o.strides[0], STRIDE_W: o.strides[1], PAD_TOP: o.pads[0], PAD_LEFT: o.pads[1] },
  ...{ DILATION_H: o.dilations[0], DILATION_W: o.dilations[1] },
});
