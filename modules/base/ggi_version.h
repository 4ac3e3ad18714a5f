/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The version of the suite, numbered by Semantic Versioning. It is defined here only.
 * The modules print it in the error log and add it to the metrics and the records;
 * ggictl --version prints it.
 */

#ifndef GGI_VERSION_H
#define GGI_VERSION_H


#define GGI_VERSION  "0.9.0"


#endif
