import { type Kernel, type Pass, type PictureKind, workgroupsFor } from '../../shaders/plan/plan';
import { driverOf, isSoftwareAdapter, nameOfAdapter } from './adapter';

/** A WebGPU device, with the pipelines and small uniforms that all networks on it share. */
export interface Gpu {
  /** The WebGPU device. Your own code can share its buffers and textures. */
  readonly device: GPUDevice;
  /** The object that the device came from. Dawn in Node crashes if it is garbage-collected before the device. */
  readonly instance?: GPU;
  /** The device's limits. */
  readonly limits: GPUSupportedLimits;
  /** The device's features, by WebGPU's names. */
  readonly features: ReadonlySet<string>;
  /** The adapter's name, such as `nvidia ampere` or `google SwiftShader`; some browsers hide it. Never empty. */
  readonly adapter: string;
  /** The adapter's name, driver, browser, features and limits in one text: the key of a `TuningStore`. */
  readonly id: string;
  /** Whether the adapter computes on the CPU. */
  readonly isSoftware: boolean;
  /** Resolves when the device is gone, with WebGPU's reason (`destroyed` after `destroy()`) and message. */
  readonly lost: Promise<GPUDeviceLostInfo>;
  /** The pipeline of a pass, compiled once. @throws if its WGSL is wrong; the message has file, line and column */
  pipeline(pass: Pass): Promise<GPUComputePipeline>;
  /** A uniform buffer that contains one u32; created once for each value. */
  size(value: number): GPUBuffer;
  /** Creates the bind group of a picture, for every pass that reads a picture of this kind. */
  bindPicture(kind: PictureKind, picture: GPUTextureView | GPUExternalTexture): GPUBindGroup;
  /** Destroys the uniforms, and the device if createGpu() created it. A device of the caller's is not destroyed. */
  destroy(): void;
}

/** Which GPU is opened. */
export interface GpuOptions {
  /** A device of your own, to share buffers and textures. Do not destroy it before everything that is created on it. */
  readonly device?: GPUDevice;
  /** The object that provides adapters; default: `navigator.gpu`. In Node: Dawn's. */
  readonly gpu?: GPU;
  /** Which GPU to use if there are several; default: the browser decides. */
  readonly powerPreference?: GPUPowerPreference;
}

/** Limits that are requested at the adapter's maximum, since networks may need it. WebGPU's defaults are lower. */
const LIMITS = [
  'maxTextureDimension2D',
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
] as const;

/** Features that are requested if the adapter has them. */
const FEATURES = ['timestamp-query', 'shader-f16', 'subgroups'] as const;

/**
 * Opens the GPU. An adapter that only has WebGPU's compatibility mode (OpenGL ES, Direct3D 11) is sufficient.
 * @throws if WebGPU is not available, if there is no adapter, or if the adapter does not return a device
 */
export async function createGpu(options: GpuOptions = {}): Promise<Gpu> {
  if (options.device) return wrap(options.device, options.device.adapterInfo, false, options.gpu);
  const gpu = options.gpu ?? globalThis.navigator?.gpu;
  if (!gpu)
    throw new Error(
      'WebGPU is not available here (navigator.gpu is missing): pages need https or localhost, and Node needs Dawn, createGpu({ gpu: create([]) }) with the npm package webgpu',
    );
  const { powerPreference } = options;
  const adapter =
    (await gpu.requestAdapter({ powerPreference })) ??
    (await gpu.requestAdapter({ powerPreference, featureLevel: 'compatibility' }));
  if (!adapter) throw new Error('WebGPU found no adapter: this machine has no GPU that the browser will use');
  const device = await adapter.requestDevice({
    label: 'mien',
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)) as GPUFeatureName[],
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  return wrap(device, adapter.info, true, gpu);
}

function wrap(device: GPUDevice, info: GPUAdapterInfo | undefined, owned: boolean, instance?: GPU): Gpu {
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();
  const modules = new Map<string, GPUShaderModule>();
  const sizes = new Map<number, GPUBuffer>();
  const layouts = createLayouts(device);
  const adapter = nameOfAdapter(info);
  const limits = LIMITS.map((name) => `${name} ${device.limits[name]}`);
  return {
    device,
    instance,
    limits: device.limits,
    features: device.features,
    adapter,
    id: [adapter, driverOf(info), ...[...device.features].sort(), ...limits].join(', '),
    isSoftware: isSoftwareAdapter(info),
    lost: device.lost,
    pipeline: (pass) =>
      cached(pipelines, `${pass.kernel.name} ${JSON.stringify(pass.constants)}`, () =>
        compilePipeline(device, modules, pass, layouts.of(pass)),
      ),
    size: (value) => cached(sizes, value, () => createSize(device, value)),
    bindPicture: (kind, resource) =>
      device.createBindGroup({
        label: 'picture',
        layout: layouts.picture(kind),
        entries: [{ binding: 0, resource }],
      }),
    destroy() {
      for (const buffer of sizes.values()) buffer.destroy();
      sizes.clear();
      if (owned) device.destroy();
    },
  };
}

/** Returns the value of a key. The first call for a key creates the value. */
function cached<Key, Value>(values: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = values.get(key);
  if (known !== undefined) return known;
  const made = make();
  values.set(key, made);
  return made;
}

/** Creates a uniform buffer that contains one u32. */
function createSize(device: GPUDevice, value: number): GPUBuffer {
  const usage = GPUBufferUsage.UNIFORM;
  const buffer = device.createBuffer({ label: `size ${value}`, size: 4, usage, mappedAtCreation: true });
  new Uint32Array(buffer.getMappedRange())[0] = value;
  buffer.unmap();
  return buffer;
}

/** The layouts of pipelines and bind groups. */
function createLayouts(device: GPUDevice) {
  const visibility = GPUShaderStage.COMPUTE;
  const pictures = new Map<PictureKind, GPUBindGroupLayout>();
  const picture = (kind: PictureKind): GPUBindGroupLayout =>
    cached(pictures, kind, () => {
      const texture = { texture: { sampleType: 'unfilterable-float' as const } };
      const resource = kind === 'texture' ? texture : { externalTexture: {} };
      const entries = [{ binding: 0, visibility, ...resource }];
      return device.createBindGroupLayout({ label: `picture as ${kind}`, entries });
    });
  return {
    picture,
    /** Explicit where one bind group must fit several pipelines; otherwise WebGPU derives it from the kernel. */
    of({ bindings, picture: kind }: Pass): GPUPipelineLayout | 'auto' {
      if (!kind) return 'auto';
      const entries = bindings.map((_, binding): GPUBindGroupLayoutEntry => {
        const type = binding < bindings.length - 1 ? 'read-only-storage' : 'storage';
        return { binding, visibility, buffer: { type } };
      });
      const bindGroupLayouts = [device.createBindGroupLayout({ entries }), picture(kind)];
      return device.createPipelineLayout({ bindGroupLayouts });
    },
  };
}

async function compilePipeline(
  device: GPUDevice,
  modules: Map<string, GPUShaderModule>,
  { kernel, constants }: Pass,
  layout: GPUPipelineLayout | 'auto',
): Promise<GPUComputePipeline> {
  let module = modules.get(kernel.name);
  if (!module) {
    const code = kernel.files.map((file) => file.code).join('\n');
    module = device.createShaderModule({ label: kernel.name, code });
    modules.set(kernel.name, module);
  }
  try {
    return await device.createComputePipelineAsync({
      label: kernel.name,
      layout,
      compute: { module, entryPoint: 'main', constants: { ...constants } },
    });
  } catch (error) {
    const { messages } = await module.getCompilationInfo();
    const errors = messages
      .filter((message) => message.type === 'error')
      .map((message) => located(kernel, message));
    throw new Error(errors.join('; ') || `kernel ${kernel.name}: ${(error as Error).message}`);
  }
}

/** `file.wgsl:line:column: message`. The line is counted in the file, not in the joined text. */
function located(kernel: Kernel, { lineNum, linePos, message }: GPUCompilationMessage): string {
  let line = lineNum;
  for (const { name, code } of kernel.files) {
    const lines = code.split('\n').length;
    if (line <= lines) return `${name}:${line}:${linePos}: ${message}`;
    line -= lines;
  }
  return `${kernel.name}: ${message}`;
}

/** A pass bound to its buffers. */
export interface BoundPass {
  /** The pass as data. */
  readonly pass: Pass;
  /** Its compiled kernel. */
  readonly pipeline: GPUComputePipeline;
  /** Its buffers: bind group 0. */
  readonly bindGroup: GPUBindGroup;
}

/** The buffers that a pass reads or writes, by name: each a whole buffer, or a part of one. */
export type Operands = Readonly<Record<string, GPUBuffer | GPUBufferBinding>>;

/**
 * Compiles a pass and binds it to its buffers.
 * @param operands a buffer for each name in `pass.bindings`
 * @throws if the pipeline can't be created; the message contains `label`
 */
export async function bindPass(gpu: Gpu, label: string, pass: Pass, operands: Operands): Promise<BoundPass> {
  const pipeline = await gpu.pipeline(pass).catch((error: Error) => {
    throw new Error(`"${label}": ${error.message}`);
  });
  return bindToPipeline(gpu, label, pass, pipeline, operands);
}

/** The same as `bindPass`, for a pipeline that is already compiled. */
export function bindToPipeline(
  { device, size }: Gpu,
  label: string,
  pass: Pass,
  pipeline: GPUComputePipeline,
  operands: Operands,
): BoundPass {
  const bound = [...pass.bindings.map((name) => operands[name]), ...(pass.sizes ?? []).map(size)];
  const bindGroup = device.createBindGroup({
    label,
    layout: pipeline.getBindGroupLayout(0),
    entries: bound.map((operand, binding) => ({
      binding,
      resource: 'buffer' in operand ? operand : { buffer: operand },
    })),
  });
  return { pass, pipeline, bindGroup };
}

/** Records a step for `batch` items. */
export function dispatch(encoder: GPUComputePassEncoder, step: BoundPass, batch: number): void {
  encoder.setPipeline(step.pipeline);
  encoder.setBindGroup(0, step.bindGroup);
  encoder.dispatchWorkgroups(...workgroupsFor(step.pass, batch));
}

/**
 * Records a step whose number of workgroups only the GPU knows.
 * @param grids what shaders/grids writes: x, y and z as u32 for each dispatch
 * @param at which entry of `grids` contains the workgroups
 */
export function dispatchIndirect(
  encoder: GPUComputePassEncoder,
  step: BoundPass,
  grids: GPUBuffer,
  at: number,
): void {
  encoder.setPipeline(step.pipeline);
  encoder.setBindGroup(0, step.bindGroup);
  encoder.dispatchWorkgroupsIndirect(grids, 12 * at);
}

/** Bytes of a buffer for `length` numbers of 32 bits. It contains whole vec4fs, since kernels may read it as these. */
export const bytesFor = (length: number): number => Math.max(16, Math.ceil(length / 4) * 16);
