// A Vulkan layer that lets a driver without hardware compile for it: Mesa's RADV started with RADV_FORCE_FAMILY=navi21 builds real RDNA2
// machine code but has no memory, no queue and no fences. The layer invents a heap, backs mappings with host memory, and swallows every
// recording, submission and synchronisation call, so a program runs to its end with zeros for results while RADV prints its shader statistics.
// NULLGPU_LOG=1 prints each compute dispatch's size on stderr.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vulkan/vk_layer.h>
#include <vulkan/vulkan.h>

static PFN_vkGetInstanceProcAddr next_instance_proc;
static PFN_vkGetDeviceProcAddr next_device_proc;
static VkInstance instance;

static VkResult VKAPI_CALL succeed(void) { return VK_SUCCESS; }
static void VKAPI_CALL ignore(void) {}

static VKAPI_ATTR void VKAPI_CALL dispatch(VkCommandBuffer c, uint32_t x, uint32_t y, uint32_t z) {
  (void)c;
  if (getenv("NULLGPU_LOG")) fprintf(stderr, "Dispatch: %u %u %u\n", x, y, z);
}

// ---- memory: one heap, mapped on the host -------------------------------------------------------------------------------------
static struct { VkDeviceMemory handle; VkDeviceSize size; void *host; } blocks[65536];
static int block_count;
static PFN_vkAllocateMemory next_allocate;
static PFN_vkGetBufferMemoryRequirements next_buffer_needs;
static PFN_vkGetBufferMemoryRequirements2 next_buffer_needs2;
static PFN_vkGetImageMemoryRequirements next_image_needs;
static PFN_vkGetImageMemoryRequirements2 next_image_needs2;

static void one_heap(VkPhysicalDeviceMemoryProperties *m) {
  memset(m, 0, sizeof *m);
  m->memoryTypeCount = m->memoryHeapCount = 1;
  m->memoryHeaps[0].size = 16ull << 30;
  m->memoryHeaps[0].flags = VK_MEMORY_HEAP_DEVICE_LOCAL_BIT;
  m->memoryTypes[0].propertyFlags = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT | VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                    VK_MEMORY_PROPERTY_HOST_COHERENT_BIT | VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
}
static VKAPI_ATTR void VKAPI_CALL memory(VkPhysicalDevice p, VkPhysicalDeviceMemoryProperties *m) { (void)p; one_heap(m); }
static VKAPI_ATTR void VKAPI_CALL memory2(VkPhysicalDevice p, VkPhysicalDeviceMemoryProperties2 *m) { (void)p; one_heap(&m->memoryProperties); }
static VKAPI_ATTR void VKAPI_CALL buffer_needs(VkDevice d, VkBuffer b, VkMemoryRequirements *r) { next_buffer_needs(d, b, r); r->memoryTypeBits = 1; }
static VKAPI_ATTR void VKAPI_CALL buffer_needs2(VkDevice d, const VkBufferMemoryRequirementsInfo2 *b, VkMemoryRequirements2 *r) {
  next_buffer_needs2(d, b, r);
  r->memoryRequirements.memoryTypeBits = 1;
}
static VKAPI_ATTR void VKAPI_CALL image_needs(VkDevice d, VkImage i, VkMemoryRequirements *r) { next_image_needs(d, i, r); r->memoryTypeBits = 1; }
static VKAPI_ATTR void VKAPI_CALL image_needs2(VkDevice d, const VkImageMemoryRequirementsInfo2 *i, VkMemoryRequirements2 *r) {
  next_image_needs2(d, i, r);
  r->memoryRequirements.memoryTypeBits = 1;
}
static VKAPI_ATTR VkResult VKAPI_CALL allocate(VkDevice d, const VkMemoryAllocateInfo *info, const VkAllocationCallbacks *a, VkDeviceMemory *out) {
  VkResult r = next_allocate(d, info, a, out);
  if (r == VK_SUCCESS && block_count < 65536) {
    blocks[block_count].handle = *out;
    blocks[block_count].size = info->allocationSize;
    blocks[block_count++].host = NULL;
  }
  return r;
}
static VKAPI_ATTR VkResult VKAPI_CALL map(VkDevice d, VkDeviceMemory m, VkDeviceSize offset, VkDeviceSize size, VkMemoryMapFlags f, void **out) {
  (void)d; (void)size; (void)f;
  for (int i = block_count - 1; i >= 0; i--)
    if (blocks[i].handle == m) {
      if (!blocks[i].host) blocks[i].host = calloc(1, blocks[i].size);
      *out = (char *)blocks[i].host + offset;
      return VK_SUCCESS;
    }
  return VK_ERROR_MEMORY_MAP_FAILED;
}

// ---- synchronisation: everything has already happened ---------------------------------------------------------------------------
static VKAPI_ATTR VkResult VKAPI_CALL make_handle(VkDevice d, const void *info, const VkAllocationCallbacks *a, VkFence *out) {
  static size_t next = 0x1000;
  (void)d; (void)info; (void)a;
  *out = (VkFence)(next += 16);
  return VK_SUCCESS;
}

static PFN_vkVoidFunction swallowed(const char *name) {
  static const char *succeeds[] = {"vkBeginCommandBuffer", "vkEndCommandBuffer", "vkResetCommandBuffer", "vkResetCommandPool", "vkQueueSubmit",
    "vkQueueSubmit2", "vkQueueSubmit2KHR", "vkQueueWaitIdle", "vkDeviceWaitIdle", "vkWaitForFences", "vkResetFences", "vkGetFenceStatus",
    "vkQueueBindSparse", "vkGetQueryPoolResults", "vkWaitSemaphores", "vkWaitSemaphoresKHR", "vkFlushMappedMemoryRanges", "vkInvalidateMappedMemoryRanges", NULL};
  for (int i = 0; succeeds[i]; i++)
    if (!strcmp(name, succeeds[i])) return (PFN_vkVoidFunction)succeed;
  if (!strcmp(name, "vkCmdDispatch")) return (PFN_vkVoidFunction)dispatch;
  // RADV's command buffers have no winsys to give back to: taking them down would call through a null pointer.
  static const char *ignored[] = {"vkUnmapMemory", "vkFreeCommandBuffers", "vkDestroyCommandPool", NULL};
  for (int i = 0; ignored[i]; i++)
    if (!strcmp(name, ignored[i])) return (PFN_vkVoidFunction)ignore;
  if (!strncmp(name, "vkCmd", 5)) return (PFN_vkVoidFunction)ignore;
  return NULL;
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL device_proc(VkDevice d, const char *name) {
  PFN_vkVoidFunction f = swallowed(name);
  if (f) return next_device_proc(d, name) ? f : NULL;
  if (!strcmp(name, "vkCreateFence") || !strcmp(name, "vkCreateSemaphore")) return (PFN_vkVoidFunction)make_handle;
  if (!strcmp(name, "vkDestroyFence") || !strcmp(name, "vkDestroySemaphore")) return (PFN_vkVoidFunction)ignore;
  if (!strcmp(name, "vkMapMemory")) return (PFN_vkVoidFunction)map;
  if (!strcmp(name, "vkGetDeviceProcAddr")) return (PFN_vkVoidFunction)device_proc;
#define HOOK(vk, next, mine) if (!strcmp(name, vk)) { next = (void *)next_device_proc(d, name); return (PFN_vkVoidFunction)mine; }
  HOOK("vkAllocateMemory", next_allocate, allocate)
  HOOK("vkGetBufferMemoryRequirements", next_buffer_needs, buffer_needs)
  HOOK("vkGetBufferMemoryRequirements2", next_buffer_needs2, buffer_needs2)
  HOOK("vkGetBufferMemoryRequirements2KHR", next_buffer_needs2, buffer_needs2)
  HOOK("vkGetImageMemoryRequirements", next_image_needs, image_needs)
  HOOK("vkGetImageMemoryRequirements2", next_image_needs2, image_needs2)
  HOOK("vkGetImageMemoryRequirements2KHR", next_image_needs2, image_needs2)
  return next_device_proc(d, name);
}

// ---- the loader's side ------------------------------------------------------------------------------------------------------------
static VKAPI_ATTR VkResult VKAPI_CALL create_instance(const VkInstanceCreateInfo *info, const VkAllocationCallbacks *a, VkInstance *out) {
  VkLayerInstanceCreateInfo *link = (void *)info->pNext;
  while (link && !(link->sType == VK_STRUCTURE_TYPE_LOADER_INSTANCE_CREATE_INFO && link->function == VK_LAYER_LINK_INFO)) link = (void *)link->pNext;
  if (!link) return VK_ERROR_INITIALIZATION_FAILED;
  next_instance_proc = link->u.pLayerInfo->pfnNextGetInstanceProcAddr;
  link->u.pLayerInfo = link->u.pLayerInfo->pNext;
  VkResult r = ((PFN_vkCreateInstance)next_instance_proc(NULL, "vkCreateInstance"))(info, a, out);
  instance = *out;
  return r;
}
static VKAPI_ATTR VkResult VKAPI_CALL create_device(VkPhysicalDevice p, const VkDeviceCreateInfo *info, const VkAllocationCallbacks *a, VkDevice *out) {
  VkLayerDeviceCreateInfo *link = (void *)info->pNext;
  while (link && !(link->sType == VK_STRUCTURE_TYPE_LOADER_DEVICE_CREATE_INFO && link->function == VK_LAYER_LINK_INFO)) link = (void *)link->pNext;
  if (!link) return VK_ERROR_INITIALIZATION_FAILED;
  PFN_vkGetInstanceProcAddr next = link->u.pLayerInfo->pfnNextGetInstanceProcAddr;
  next_device_proc = link->u.pLayerInfo->pfnNextGetDeviceProcAddr;
  link->u.pLayerInfo = link->u.pLayerInfo->pNext;
  return ((PFN_vkCreateDevice)next(instance, "vkCreateDevice"))(p, info, a, out);
}
static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL instance_proc(VkInstance i, const char *name) {
  if (!strcmp(name, "vkCreateInstance")) return (PFN_vkVoidFunction)create_instance;
  if (!strcmp(name, "vkCreateDevice")) return (PFN_vkVoidFunction)create_device;
  if (!strcmp(name, "vkGetInstanceProcAddr")) return (PFN_vkVoidFunction)instance_proc;
  if (!strcmp(name, "vkGetDeviceProcAddr")) return (PFN_vkVoidFunction)device_proc;
  if (!strcmp(name, "vkGetPhysicalDeviceMemoryProperties")) return (PFN_vkVoidFunction)memory;
  if (!strncmp(name, "vkGetPhysicalDeviceMemoryProperties2", 36)) return (PFN_vkVoidFunction)memory2;
  PFN_vkVoidFunction f = swallowed(name);
  return f ? f : next_instance_proc ? next_instance_proc(i, name) : NULL;
}
VKAPI_ATTR VkResult VKAPI_CALL vkNegotiateLoaderLayerInterfaceVersion(VkNegotiateLayerInterface *v) {
  v->pfnGetInstanceProcAddr = instance_proc;
  v->pfnGetDeviceProcAddr = device_proc;
  v->pfnGetPhysicalDeviceProcAddr = NULL;
  if (v->loaderLayerInterfaceVersion > 2) v->loaderLayerInterfaceVersion = 2;
  return VK_SUCCESS;
}
