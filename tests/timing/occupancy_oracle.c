/* Asks NVIDIA's cuda_occupancy.h, a case a line, and prints its answers, a line each.
 *
 * First line: the device, as in struct cudaOccDeviceProp. Then: threads, registers, static bytes, dynamic bytes,
 * barriers, carve-out. Out: blocks, limiting factors, limits by registers, shared memory, warps, blocks and
 * barriers, registers and bytes of a block.
 */
#include <limits.h>
#include <stdio.h>

#include "cuda_occupancy.h"

int main(void)
{
    struct cudaOccDeviceProp device = {0};
    size_t stat, dynamic;
    int threads, registers, barriers, carveout;

    if (scanf("%d %d %d %d %d %d %d %zu %zu %d %zu %zu", &device.computeMajor, &device.computeMinor,
              &device.maxThreadsPerBlock, &device.maxThreadsPerMultiprocessor, &device.regsPerBlock,
              &device.regsPerMultiprocessor, &device.warpSize, &device.sharedMemPerBlock,
              &device.sharedMemPerMultiprocessor, &device.numSms, &device.sharedMemPerBlockOptin,
              &device.reservedSharedMemPerBlock) != 12)
        return 1;
    while (scanf("%d %d %zu %zu %d %d", &threads, &registers, &stat, &dynamic, &barriers, &carveout) == 6) {
        struct cudaOccFuncAttributes kernel = {0};
        struct cudaOccDeviceState state = {0};
        struct cudaOccResult result = {0};

        kernel.maxThreadsPerBlock = INT_MAX;
        kernel.numRegs = registers;
        kernel.sharedSizeBytes = stat;
        kernel.shmemLimitConfig = FUNC_SHMEM_LIMIT_OPTIN;
        kernel.maxDynamicSharedSizeBytes = dynamic;
        kernel.numBlockBarriers = barriers;
        state.carveoutConfig = carveout; /* 0 is "prefer L1", not "no preference", which is -1 */
        if (cudaOccMaxActiveBlocksPerMultiprocessor(&result, &device, &kernel, &state, threads, dynamic))
            return 2;
        printf("%d %u %d %d %d %d %d %d %zu\n", result.activeBlocksPerMultiprocessor, result.limitingFactors,
               result.blockLimitRegs, result.blockLimitSharedMem, result.blockLimitWarps,
               result.blockLimitBlocks, result.blockLimitBarriers, result.allocatedRegistersPerBlock,
               result.allocatedSharedMemPerBlock);
    }
    return 0;
}
