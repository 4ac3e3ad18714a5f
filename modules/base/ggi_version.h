/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The version of the suite, by the rules of Semantic Versioning. This is the
 * only place where it stands: the modules tell it in the error log, the metrics
 * and the records.
 */

#ifndef GGI_VERSION_H
#define GGI_VERSION_H


#define GGI_VERSION  "0.9.0"


#endif
