"""The words of NAMD's configuration: which are Tcl's, which are switches or whole numbers, which may stand twice."""


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


TCL_COMMANDS = words(
    """
    abort after append array break callback catch checkpoint close concat continue coorfile dict eof error eval
    exec exit expr file flush format gets glob global incr info isset istrue join lappend lindex list llength
    lrange lreplace lsearch lsort measure minimize move moveallby namespace numnodes numpes numPes numNodes
    numPhysicalNodes numReplicas myReplica open output package print proc puts pwd read regexp regsub
    reinitatoms reinitvels rename replicaAtomRecv replicaAtomSend replicaAtomSendrecv replicaBarrier
    replicaDcdFile replicaEval replicaRecv replicaSend replicaSendrecv rescalesolutecharges rescalevels return
    revert run scan set source split startup string subst time trace unset uplevel upvar variable vwait
    replicaYield checkpointStore checkpointLoad checkpointSwap checkpointFree
    """
)
"""Commands of Tcl and of NAMD's scripting; these are told apart by case."""

SWITCHES = words(
    """
    accelmd accelmddihe accelmddual accelmdg accelmdgrestart alch alchdecouple alchwcaon amber binaryoutput
    binaryrestart berendsenpressure bondedcuda bondedgpu colvars constraints constantforce cudaforcetable
    cudasoaintegrate dcdunitcell devicemigration drude efieldon efieldnormalized excludefrompressure extrabonds
    extrabondscosangles extforces fixcelldims fixedatoms fixedatomsforces fma fulldirect gbis gpuatommigration
    gpuforcetable gpuresident gridforce gromacs imdon langevin langevinhydrogen langevinpiston les
    ljcorrection loweandersen martiniswitching mergecrossterms mgridforce minimization mollify molly
    montecarlopressure movdragon msm nsperday outputperformance pairinteraction paratypecharmm paratypexplor pme
    printbadcontacts printexclusions pressureprofile qmforces readexclusions restartsave rigiddieonerror
    rotconstraints rotdragon sasa selectconstraints smd sphericalbc cylindricalbc stir stochrescale switching
    symmetryrestraints tclbc tclforces tmd twoawayx twoawayy twoawayz useconstantarea useconstantratio
    useflexiblecell usegrouppressure usepmecuda usepmegpu usesettle vdwforceswitching wrapall wrapnearest
    wrapwater zeromomentum
    """
)
"""Keywords that are on or off."""

WHOLE_NUMBERS = words(
    """
    dcdfreq firsttimestep forcedcdfreq fullelectfrequency numsteps nonbondedfreq outputenergies computeenergies
    outputmomenta outputpressure outputtiming pmegridsizex pmegridsizey pmegridsizez pmeinterporder reassignfreq
    rescalefreq restartfreq rigiditerations seed stepspercycle veldcdfreq xstfreq smdoutputfreq ldbperiod
    firstldbstep colvarstrajfrequency accelmdgcmdsteps accelmdgequisteps accelmdgcmdprepsteps
    accelmdgequiprepsteps accelmdgie stochrescalefreq
    """
)
"""Keywords that take digits and nothing else."""

NUMBERS = words(
    """
    1-4scaling onefourscaling cutoff switchdist pairlistdist margin timestep temperature pmegridspacing
    pmetolerance rigidtolerance langevintemp langevindamping langevinpistontarget langevinpistonperiod
    langevinpistondecay langevinpistontemp constraintscaling consexp reassigntemp reassignincr reassignhold
    rescaletemp ionconcentration alphacutoff solventdielectric accelmdgsigma0p accelmdgsigma0d stochrescaletemp
    stochrescaleperiod benchmarktime berendsenpressuretarget berendsenpressurerelaxationtime
    surfacetensiontarget dielectric
    """
)
"""Keywords that take a number, with or without a unit."""

MULTIPLE = words(
    """
    parameters extrabondsfile colvarsconfig tclforcesscript symmetryfile mgridforcefile mgridforcecol
    mgridforcechargecol mgridforcepotfile mgridforcescale mgridforcevolts mgridforcecont1 mgridforcecont2
    mgridforcecont3 mgridforcelite mgridforcevoff mgridforcechecksize group1refpos group2refpos
    qmcustompcselection qmchargefrompsf qmelement qmmult qmcharge qmconfigline qmlinkelement qmbondscheme
    grouprescoupling
    """
)
"""Keywords that may be given more than once."""

OTHERS = words(
    """
    structure coordinates velocities binvelocities bincoordinates parmfile ambercoor readexclusions grotopfile
    grocoorfile exclude cellbasisvector1 cellbasisvector2 cellbasisvector3 cellorigin extendedsystem rigidbonds
    consref conskfile conskcol fixedatomsfile fixedatomscol colvarsinput outputname dcdfile xstfile restartname
    veldcdfile forcedcdfile cwd watermodel splitpatch mtsalgorithm longsplitting accelmdgrestartfile
    outputenergiesprecision fftwestimate fftwusewisdom selectconstrx selectconstry selectconstrz efield smdfile
    smdk smdk2 smdvel smddir langevinfile langevincol commotion commotion surfacetensiontarget strainrate alchfile
    alchcol alchoutfile alchoutfreq alchlambda alchlambda2 alchlambdaidws alchequilsteps alchvdwshiftcoeff
    alcheleclambdastart alchvdwlambdaend accelmdfirststep accelmdlaststep accelmdoutfreq accelmdgstatwindow
    loadbalance ldbstrategy ldbunloadpe waterscale hgroupcutoff outputenergies consforcefile consforcescaling
    tclbcscript tclbcargs drudetemp drudedamping drudebondlen drudebondconst drudehardwall nbtholecut lpsweeping
    replicauniformpatchgrids stochrescaleheat berendsenpressurecompressibility berendsenpressurefreq
    pressureprofileslabs pressureprofilefreq montecarlopressuretarget montecarlopressurefreq imdport imdfreq
    imdwait tmdk tmdoutputfreq tmdfile tmdfirststep tmdlaststep gridforcefile gridforcecol gridforcechargecol
    gridforcepotfile gridforcescale vdwgeometricsigma limitdist efieldfreq efieldphase minlinegoal mintinystep
    minbabystep maximummove
    """
)
"""More keywords that exist. The list is not complete, so a keyword that is missing here is doubted, not refused."""

KNOWN = SWITCHES | WHOLE_NUMBERS | NUMBERS | MULTIPLE | OTHERS
