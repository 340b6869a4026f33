import { type Kernel, type Pass, type PictureKind, workgroupsFor } from '../../shaders/plan/plan';
import { isSoftwareAdapter, nameOfAdapter } from './adapter';

/** A device, and what is made on it once: pipelines, by kernel and constants, and the sizes that some read. */
export interface Gpu {
  /** The WebGPU device; share its buffers and textures with your own code. */
  readonly device: GPUDevice;
  /** Where the device came from. Dawn in Node crashes once its instance is collected while a device lives. */
  readonly instance?: GPU;
  /** The device's limits. */
  readonly limits: GPUSupportedLimits;
  /** The device's features, by WebGPU's names. */
  readonly features: ReadonlySet<string>;
  /** The adapter's name, such as `nvidia ampere` or `google SwiftShader`; some browsers hide it. Never empty. */
  readonly adapter: string;
  /** The adapter's name, features and limits in one text: what a `TuningStore` keeps timings by. */
  readonly id: string;
  /** Whether the adapter computes on the CPU. */
  readonly isSoftware: boolean;
  /** Resolves when the device is gone, with WebGPU's reason (`destroyed` after `destroy()`) and message. */
  readonly lost: Promise<GPUDeviceLostInfo>;
  /** Compiles a pass's kernel, or finds it compiled. Throws with file, line and column of what WGSL refuses. */
  pipeline(pass: Pass): Promise<GPUComputePipeline>;
  /** A uniform that holds a whole number. */
  size(value: number): GPUBuffer;
  /** Binds a picture for all passes that look at one of its kind. */
  bindPicture(kind: PictureKind, picture: GPUTextureView | GPUExternalTexture): GPUBindGroup;
  /** Frees the sizes, and the device if it was made here; a device that was handed in stays. */
  destroy(): void;
}

/** Where the GPU comes from. */
export interface GpuOptions {
  /** A device of your own, to share buffers and textures with; it must live as long as what is made on it. */
  readonly device?: GPUDevice;
  /** Where adapters come from, if not `navigator.gpu`: Dawn's in Node. */
  readonly gpu?: GPU;
  /** Which GPU to take of several; default: what the browser prefers. */
  readonly powerPreference?: GPUPowerPreference;
}

/** Limits of which networks may want all that an adapter has; WebGPU gives its guaranteed minimum unless asked. */
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

/** What kernels can use where it is there. */
const FEATURES = ['timestamp-query', 'shader-f16', 'subgroups'] as const;

/**
 * Opens the GPU. An adapter that only offers WebGPU's compatibility mode (OpenGL ES, Direct3D 11) will do.
 * @throws if there is no WebGPU, or no adapter, each in one sentence that says so
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
    id: [adapter, ...[...device.features].sort(), ...limits].join(', '),
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

/** The value of a key, made when it is first asked for. */
function cached<Key, Value>(values: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = values.get(key);
  if (known !== undefined) return known;
  const made = make();
  values.set(key, made);
  return made;
}

/** A uniform that contains a whole number. */
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
    /** Written out where one bind group must fit several pipelines; otherwise WebGPU takes it from the kernel. */
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

/** `file.wgsl:line:column: message`, in the file's own lines. */
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
  readonly pass: Pass;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
}

/** What a pass reads or writes: a whole buffer, or a part of one. */
export type Operands = Readonly<Record<string, GPUBuffer | GPUBufferBinding>>;

/** Binds a pass; `operands` by the names in `pass.bindings`. */
export async function bindPass(gpu: Gpu, label: string, pass: Pass, operands: Operands): Promise<BoundPass> {
  const pipeline = await gpu.pipeline(pass).catch((error: Error) => {
    throw new Error(`"${label}": ${error.message}`);
  });
  return bindToPipeline(gpu, label, pass, pipeline, operands);
}

/** The same, with a pipeline at hand. */
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

/** Records a step whose workgroups stand in a buffer, `at` of shaders/grids: the GPU knows how many, the CPU doesn't. */
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

/** Bytes of a buffer for `length` numbers: whole vec4fs, since kernels may read it as such. */
export const bytesFor = (length: number): number => Math.max(16, Math.ceil(length / 4) * 16);
