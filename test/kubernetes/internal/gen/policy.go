package gen

import "strings"

func newPolicy(name string) M {
	return M{
		"apiVersion": "policy/v1beta1",
		"kind":       "PodSecurityPolicy",
		"metadata":   M{"name": name},
		"spec": M{
			"runAsUser":          M{"rule": "RunAsAny"},
			"seLinux":            M{"rule": "RunAsAny"},
			"supplementalGroups": M{"rule": "RunAsAny"},
			"fsGroup":            M{"rule": "RunAsAny"},
		},
	}
}

// preset makes a policy as found in the wild.
func (r *R) preset() M {
	p := newPolicy("")
	s := spec(p)
	set := func(m M) {
		for _, k := range keys(m) {
			s[k] = m[k]
		}
	}
	some65535 := func(rule string, min int64) M { return M{"rule": rule, "ranges": L{r.rng(min, 65535)}} }
	switch r.Intn(14) {
	case 0: // privileged
		set(M{"privileged": true, "allowPrivilegeEscalation": true, "allowedCapabilities": L{"*"}, "volumes": L{"*"}, "hostNetwork": true, "hostIPC": true, "hostPID": true, "hostPorts": L{r.rng(0, 65535)}})
		annotations(p)[seccompAllowed] = "*"
	case 1: // restricted
		set(M{"privileged": false, "allowPrivilegeEscalation": false, "requiredDropCapabilities": L{"ALL"}, "volumes": strs(coreTypes), "hostNetwork": false, "hostIPC": false, "hostPID": false, "readOnlyRootFilesystem": false,
			"runAsUser": M{"rule": "MustRunAsNonRoot"}, "supplementalGroups": some65535("MustRunAs", 1), "fsGroup": some65535("MustRunAs", 1)})
		a := annotations(p)
		a[seccompAllowed], a[seccompDefault] = "docker/default,runtime/default", "runtime/default"
		if r.p(0.5) {
			a[appArmorAllowed], a[appArmorDefault] = "runtime/default", "runtime/default"
		}
	case 2: // baseline
		set(M{"privileged": false, "allowedCapabilities": L{"CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"},
			"volumes": strs(append(append([]string{}, coreTypes...), "awsElasticBlockStore", "azureDisk", "azureFile", "cephFS", "cinder", "csi", "fc", "flexVolume", "gcePersistentDisk", "gitRepo", "glusterfs", "iscsi", "nfs", "photonPersistentDisk", "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"))})
		annotations(p)[seccompAllowed] = "docker/default,runtime/default,unconfined"
		annotations(p)[appArmorAllowed] = "runtime/default"
		annotations(p)[appArmorDefault] = "runtime/default"
	case 3: // node exporter
		set(M{"privileged": false, "hostNetwork": true, "hostPID": true, "hostPorts": L{r.rng(9100, 9100)}, "volumes": L{"configMap", "secret", "hostPath", "projected"}, "allowedHostPaths": L{M{"pathPrefix": "/proc", "readOnly": true}, M{"pathPrefix": "/sys", "readOnly": true}, M{"pathPrefix": "/", "readOnly": true}}})
	case 4: // log shipper
		set(M{"volumes": L{"hostPath", "configMap", "secret"}, "allowedHostPaths": L{M{"pathPrefix": "/var/log"}, M{"pathPrefix": "/var/lib/docker/containers", "readOnly": true}}, "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": r.p(0.5)})
	case 5: // ingress
		set(M{"allowPrivilegeEscalation": true, "allowedCapabilities": L{"NET_BIND_SERVICE"}, "requiredDropCapabilities": L{"ALL"}, "hostPorts": L{r.rng(80, 80), r.rng(443, 443)}, "volumes": L{"configMap", "secret", "projected"}, "runAsUser": M{"rule": "MustRunAs", "ranges": L{r.rng(101, 101)}}})
	case 6: // group range
		set(M{"runAsUser": some65535("MustRunAs", 1000), "runAsGroup": some65535("MustRunAs", 1000), "supplementalGroups": some65535("MayRunAs", 1), "fsGroup": some65535("MayRunAs", 1), "volumes": strs(coreTypes)})
	case 7: // SELinux
		set(M{"seLinux": M{"rule": "MustRunAs", "seLinuxOptions": M{"level": "s0:c123,c456"}}, "volumes": strs(coreTypes), "runAsUser": some65535("MustRunAs", 1)})
	case 8: // mesh
		set(M{"allowedCapabilities": L{"NET_ADMIN", "NET_RAW"}, "volumes": strs(coreTypes), "defaultAllowPrivilegeEscalation": false})
	case 9: // sandbox
		set(M{"runtimeClass": M{"allowedRuntimeClassNames": L{"gvisor", "kata"}, "defaultRuntimeClassName": "gvisor"}, "volumes": strs(coreTypes)})
	case 10: // CSI node driver
		set(M{"privileged": true, "allowedCapabilities": L{"SYS_ADMIN"}, "volumes": L{"hostPath", "configMap", "projected"}, "allowedHostPaths": L{M{"pathPrefix": "/var/lib/kubelet"}, M{"pathPrefix": "/dev"}}, "hostNetwork": true})
	case 11: // tuned
		set(M{"allowedUnsafeSysctls": L{"net.core.somaxconn", "kernel.msg*"}, "forbiddenSysctls": L{"kernel.shm_rmid_forced"}, "volumes": L{"*"}})
	case 12: // read-only
		set(M{"readOnlyRootFilesystem": true, "allowPrivilegeEscalation": false, "defaultAllowPrivilegeEscalation": false, "requiredDropCapabilities": L{"NET_RAW", "MKNOD"}, "volumes": strs(coreTypes)})
	default: // host mounts, any user
		set(M{"volumes": L{"*"}, "allowedHostPaths": L{}, "allowedFlexVolumes": L{M{"driver": "example/lvm"}}, "allowedCSIDrivers": L{M{"name": "secrets-store.csi.k8s.io"}}, "hostIPC": true})
	}
	return p
}

// strategy makes a rule with ranges.
func (r *R) strategy(rules ...string) M {
	rule := pickOf(r, rules)
	m := M{"rule": rule}
	if rule == "MustRunAs" || rule == "MayRunAs" {
		m["ranges"] = r.idsWith(nil)
	}
	return m
}

func (r *R) capList(n int) L {
	l := L{}
	for ; n > 0; n-- {
		if r.p(0.15) {
			l = append(l, pickOf(r, capOdd))
		} else {
			l = append(l, pickOf(r, capNames))
		}
	}
	return l
}

// random makes a policy without regard to any pod.
func (r *R) random() M {
	p := newPolicy("")
	s := spec(p)
	for _, k := range []string{"privileged", "hostNetwork", "hostPID", "hostIPC"} {
		if r.p(0.5) {
			s[k] = r.p(0.6)
		}
	}
	if r.p(0.5) {
		s["allowPrivilegeEscalation"] = r.p(0.6)
	}
	if s["allowPrivilegeEscalation"] != false && r.p(0.3) {
		s["defaultAllowPrivilegeEscalation"] = r.p(0.5)
	} else if r.p(0.1) {
		s["defaultAllowPrivilegeEscalation"] = false
	}
	if r.p(0.25) {
		s["readOnlyRootFilesystem"] = true
	}
	switch r.Intn(4) {
	case 0:
		s["volumes"] = L{"*"}
	case 1:
		s["volumes"] = strs(coreTypes)
	case 2:
		s["volumes"] = strs(some(r, fsTypes, r.Intn(len(fsTypes))))
	default:
		s["volumes"] = strs(append(some(r, fsTypes, r.Intn(12)), coreTypes...))
	}
	if r.p(0.4) {
		s["hostPorts"] = r.portNoise(1 + r.Intn(2))
	}
	if r.p(0.35) {
		s["allowedHostPaths"] = r.pathNoise(1 + r.Intn(3))
	}
	if r.p(0.15) {
		s["allowedFlexVolumes"] = L{M{"driver": pickOf(r, flexDrivers)}}
	}
	if r.p(0.15) {
		s["allowedCSIDrivers"] = L{M{"name": pickOf(r, csiDrivers)}}
	}
	if r.p(0.6) {
		s["runAsUser"] = r.strategy("MustRunAs", "MustRunAsNonRoot", "RunAsAny")
	}
	if r.p(0.4) {
		s["runAsGroup"] = r.strategy("MustRunAs", "MayRunAs", "RunAsAny")
	}
	if r.p(0.5) {
		s["supplementalGroups"] = r.strategy("MustRunAs", "MayRunAs", "RunAsAny")
	}
	if r.p(0.5) {
		s["fsGroup"] = r.strategy("MustRunAs", "MayRunAs", "RunAsAny")
	}
	if r.p(0.25) {
		s["seLinux"] = M{"rule": "MustRunAs", "seLinuxOptions": r.seOptions()}
	}
	switch {
	case r.p(0.25):
		s["allowedCapabilities"] = L{"*"}
		if r.p(0.3) {
			s["defaultAddCapabilities"] = r.capList(1)
		}
	default:
		if r.p(0.5) {
			s["allowedCapabilities"] = r.capList(1 + r.Intn(5))
		}
		if r.p(0.3) {
			s["defaultAddCapabilities"] = r.capList(1 + r.Intn(2))
		}
		if r.p(0.4) {
			if r.p(0.5) {
				s["requiredDropCapabilities"] = L{"ALL"}
			} else {
				s["requiredDropCapabilities"] = r.capList(1 + r.Intn(3))
			}
		}
	}
	if r.p(0.4) {
		r.seccompPolicy(p)
	}
	if r.p(0.2) {
		a := some(r, appArmorProfiles, 1+r.Intn(3))
		annotations(p)[appArmorAllowed] = strings.Join(a, ",")
		if r.p(0.6) {
			annotations(p)[appArmorDefault] = pickOf(r, a)
		}
	} else if r.p(0.05) {
		annotations(p)[appArmorDefault] = pickOf(r, appArmorProfiles)
	}
	if r.p(0.3) {
		s["allowedUnsafeSysctls"] = pickOf(r, []L{{"*"}, {"kernel.*"}, {"net.*"}, {"net.core.somaxconn"}, {"kernel.msg*", "net.core.*"}, {"kernel.shm_rmid"}})
	}
	if r.p(0.2) {
		s["forbiddenSysctls"] = pickOf(r, []L{{"*"}, {"kernel.sem"}, {"net.ipv4.tcp_syn*"}, {"kernel.shm_rmid_forced"}, {"net.ipv6.*"}})
	}
	if r.p(0.2) {
		s["runtimeClass"] = pickOf(r, []M{{"allowedRuntimeClassNames": L{"*"}}, {"allowedRuntimeClassNames": L{}}, {"allowedRuntimeClassNames": L{"gvisor", "kata"}}, {"allowedRuntimeClassNames": L{"kata"}, "defaultRuntimeClassName": "kata"}, {"allowedRuntimeClassNames": L{"*"}, "defaultRuntimeClassName": "runc"}})
	}
	if r.p(0.06) {
		s["allowedProcMountTypes"] = pickOf(r, []L{{"Default"}, {"Unmasked"}, {"Default", "Unmasked"}, {}})
	}
	if r.p(0.03) {
		r.unusable(p)
	}
	return p
}

// unusable makes a policy that the API accepts and the plugin cannot use.
func (r *R) unusable(p M) {
	s := spec(p)
	switch r.Intn(4) {
	case 0:
		s["runAsUser"] = M{"rule": "MustRunAs"}
	case 1:
		s["fsGroup"] = M{"rule": r.pick("MustRunAs", "MayRunAs")}
	case 2:
		s["supplementalGroups"] = M{"rule": r.pick("MustRunAs", "MayRunAs")}
	default:
		s["seLinux"] = M{"rule": "MustRunAs"}
	}
}

func (r *R) seccompPolicy(p M) {
	a := annotations(p)
	switch r.Intn(6) {
	case 0:
		a[seccompAllowed] = "*"
	case 1:
		a[seccompAllowed] = ""
	case 2:
		a[seccompDefault] = pickOf(r, seccompProfiles)
		return
	default:
		l := some(r, seccompProfiles, 1+r.Intn(3))
		if r.p(0.1) {
			l = append(l, "*")
		}
		a[seccompAllowed] = strings.Join(l, ",")
	}
	if r.p(0.6) {
		a[seccompDefault] = pickOf(r, seccompProfiles)
	}
}

func (r *R) portNoise(n int) L {
	l := L{}
	for ; n > 0; n-- {
		a, b := pickOf(r, ports), pickOf(r, ports)
		if a > b && r.p(0.9) {
			a, b = b, a
		}
		l = append(l, pickOf(r, []M{r.rng(a, b), r.rng(a, a), r.rng(0, 0), r.rng(0, 65535), r.rng(a+1, b)}))
	}
	return l
}

func (r *R) pathNoise(n int) L {
	l := L{}
	for ; n > 0; n-- {
		m := M{"pathPrefix": pickOf(r, hostPaths)}
		if strings.Contains(m["pathPrefix"].(string), "..") {
			m["pathPrefix"] = "/foo"
		}
		if r.p(0.4) {
			m["readOnly"] = r.p(0.8)
		}
		l = append(l, m)
	}
	return l
}
