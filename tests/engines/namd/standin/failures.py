"""What NAMD prints when it fails, by the signature of the rule for it; the last one stands behind FATAL ERROR."""

LINES: dict[str, tuple[str, ...]] = {
    "rattle": (
        "ERROR: Constraint failure in RATTLE algorithm for atom 1234!",
        "ERROR: Constraint failure; simulation has become unstable.",
        "Exiting prematurely; see error messages above.",
    ),
    "moving_too_fast": (
        "ERROR: Atom 17 velocity is 32000 21 3 (limit is 12000, atom 4 of 120 on patch 2 pe 0)",
        "ERROR: Atoms moving too fast; simulation has become unstable (1 atoms on patch 2 pe 0).",
        "Exiting prematurely; see error messages above.",
    ),
    "cell_too_small": (
        (
            "Periodic cell has become too small for original patch grid!\n"
            "Possible solutions are to restart from a recent checkpoint,\n"
            "increase margin, or disable useFlexibleCell for liquid simulation."
        ),
    ),
    "exclusions_low": (
        "Low global exclusion count!  (5123 vs 5190)  System unstable or pairlistdist or cutoff too small.",
    ),
    "exclusions_high": ("ERROR: High global exclusion count!  (9 vs 8)  This may be a problem.", "See above."),
    "atoms_lost": ("Bad global bond count! (100 vs 102)",),
    "stray_charges": ("ERROR: Stray PME grid charges detected: 0 sending to 1 for planes 3", "Stop."),
    "parameter_missing": ("UNABLE TO FIND ANGLE PARAMETERS FOR CT1 CT2 XX (ATOMS 1 2 3)",),
    "parameter_format": ("UNKNOWN PARAMETER IN CHARMM PARAMETER FILE top.str\nLINE=*read rtf card*",),
    "psf_format": (
        (
            "Structure (psf) file is either in CHARMM format (with numbers for atoms types, the X-PLOR format using "
            "names is required) or the segment name field is empty."
        ),
    ),
    "atom_counts": ("Number of pdb and psf atoms are not the same!",),
    "extra_bonds": ("BAD LINE IN EXTRA BONDS FILE net.exb: bond 1",),
    "colvars": ("Error in the collective variables module (see above for details)",),
    "disk": ("Error on write to binary file outputs/x.restart.coor: No space left on device",),
    "input_missing": ("UNABLE TO OPEN .psf FILE dna.psf",),
    "gpu_memory": ("CUDA error cudaMalloc((void **)pp, sizeofT*len) in file src/CudaUtils.C: out of memory",),
    "no_gpu": ("CUDA error cudaGetDeviceCount on Pe 0: no CUDA-capable device is detected",),
    "out_of_memory": ("Memory allocation failed on processor 0.",),
    "patch_too_large": (
        "CudaTileListKernel::buildTileLists, maximum shared memory allocation exceeded. Too many atoms",
    ),
    "gpu_fault": ("CUDA error cudaStreamSynchronize in file Seq.C: an illegal memory access",),
    "gpu_resident": ("GPUresident is incompatible with the following options:\n  fixed atoms",),
    "not_in_gpu_build": ("Pair interaction calculation is not supported in CUDA version",),
    "steps_of_cycle": ("number of steps must be a multiple of stepsPerCycle",),
    "configuration": (
        "ERROR: The following variables were set in the",
        "ERROR: configuration file but are NOT VALID",
        "ERROR:    timstep",
        "ERROR(S) IN THE CONFIGURATION FILE",
    ),
    "script": ('invalid command name "runn"\n    while executing',),
    "unstable": ("Exiting prematurely; see error messages above.",),
    "launch": ("charmrun> error attaching to node: Connection refused", "launch"),
    "fatal": ("something that nobody has seen before",),
}
