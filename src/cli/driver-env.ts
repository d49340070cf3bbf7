import { tmpdir } from "node:os";

// The Vulkan loader and the drivers read these when Dawn makes its Vulkan instance, anew for each
// create().
const DRIVER_VARIABLES = [
  "VK_DRIVER_FILES",
  "VK_ICD_FILENAMES",
  "VK_LAYER_PATH",
  "VK_INSTANCE_LAYERS",
  "RADV_FORCE_FAMILY",
  "RADV_DEBUG",
  "MESA_SHADER_CACHE_DISABLE",
] as const;
export type DriverEnv = Partial<Record<(typeof DRIVER_VARIABLES)[number], string>>;

const users = new Map(DRIVER_VARIABLES.map((name) => [name, process.env[name]]));

/**
 * Sets the variables given and puts all others back to what the user had. Works in the main thread
 * only.
 */
export function setDriverEnv(env: DriverEnv): void {
  for (const name of DRIVER_VARIABLES) {
    const value = env[name] ?? users.get(name);
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  // Without it Mesa complains of a desktop session that compute does not need.
  if (process.platform === "linux") process.env.XDG_RUNTIME_DIR ||= tmpdir();
}

/** The environment as the user set it, whichever driver is open. */
export function userEnv(): Record<string, string | undefined> {
  return { ...process.env, ...Object.fromEntries(users) };
}
