# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The documentation of the connection options, which every module of the collection has."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  auth_token:
    description:
      - A token that somebody has fetched, of any project of the account. For each project that is needed a token is
        fetched with it, and all of them run out with it, after 24 hours at most. It is one more way to prove who calls.
      - If not set, the environment variable E(HW_AUTH_TOKEN) is used, which wins over all others of the environment.
    type: str
  access_key:
    description:
      - Access key (AK) of an IAM user or agency, to be given with O(secret_key). A key and a password, with O(username)
        and O(domain_name), are two ways to prove who calls. If any part of one is given, that way is taken, whatever
        the environment holds; parts of both are refused. In the environment the key wins.
      - If not set, the environment variable E(HW_ACCESS_KEY) is used, then E(HUAWEICLOUD_SDK_AK).
    type: str
  secret_key:
    description:
      - Secret key (SK) that belongs to O(access_key).
      - If not set, the environment variable E(HW_SECRET_KEY) is used, then E(HUAWEICLOUD_SDK_SK).
    type: str
  security_token:
    description:
      - Security token that belongs to a temporary O(access_key).
      - If not set, the environment variable E(HW_SECURITY_TOKEN) is used, then E(HUAWEICLOUD_SDK_SECURITY_TOKEN).
        A token, as every half, is taken from the environment only if that holds no other keys than the given ones.
    type: str
  username:
    description:
      - Name of an IAM user. A HUAWEI ID cannot log in this way.
      - If not set, the environment variable E(HW_USER_NAME) is used.
    type: str
  password:
    description:
      - Password of O(username).
      - If not set, the environment variable E(HW_USER_PASSWORD) is used.
    type: str
  domain_name:
    description:
      - Name of the account (domain) that O(username) belongs to.
      - If not set, the environment variable E(HW_DOMAIN_NAME) is used.
    type: str
  profile:
    description:
      - Name of a profile with keys in O(shared_config_file), as C(hcloud configure) and Terraform have them. It is one
        more way to prove who calls. Without it the current profile of the file is meant.
      - If nothing else proves who calls, the environment variable E(HW_PROFILE) is used.
    type: str
  shared_config_file:
    description:
      - The file that holds the profiles, on the host where the module runs.
      - If nothing else proves who calls, neither options nor the environment, the environment variable
        E(HW_SHARED_CONFIG_FILE) is used, then V(~/.hcloud/config.json) if it is there, then the file of the official
        SDKs, which is that of E(HUAWEICLOUD_SDK_CREDENTIALS_FILE) or else V(~/.huaweicloud/credentials).
      - Profiles that C(hcloud) has encrypted cannot be read; C(hcloud configure set --cli-auth-encrypt=false) stores
        them in clear. Nor are profiles taken that sign in by SSO. What a profile says of an agency is taken as
        O(assume_role).
    type: path
  assume_role:
    description:
      - An agency of another account, to work in that account with it. Whoever calls, in any of the ways to prove it, is
        given keys of the agency for O(assume_role.duration), and new ones before they run out.
      - The agency must trust the account of the caller, who needs the role C(Agent Operator) there.
      - If not set, the environment variables of the suboptions are used, unless what proves who calls is an option.
        They are never mixed with suboptions.
    type: dict
    suboptions:
      agency_name:
        description:
          - Name of the agency. It is not the one that writes replicas, which is C(agency_name) of a copy.
          - If not set, the environment variable E(HW_ASSUME_ROLE_AGENCY_NAME) is used.
        type: str
      domain_name:
        description:
          - Name of the account (domain) that the agency is of. It, or O(assume_role.domain_id), is needed.
          - If not set, the environment variable E(HW_ASSUME_ROLE_DOMAIN_NAME) is used.
        type: str
      domain_id:
        description:
          - ID of that account.
          - If not set, the environment variable E(HW_ASSUME_ROLE_DOMAIN_ID) is used.
        type: str
      duration:
        description:
          - For how many seconds each key is good, 900 to 86400. If nothing says it, 3600.
          - If not set, the environment variable E(HW_ASSUME_ROLE_DURATION) is used.
        type: int
  cloud_domain:
    description:
      - Domain of the cloud, from which the endpoints are made, such as V(myhuaweicloud.eu).
      - If not set, the environment variable E(HW_CLOUD) is used.
    type: str
    default: myhuaweicloud.com
  iam_endpoint:
    description:
      - Endpoint of the identity service, with or without a trailing V(/v3). It may hold C({region}) and a path.
      - If not set, the environment variable E(HW_AUTH_URL) is used.
    type: str
    default: https://iam.{cloud_domain}
  ims_endpoint:
    description:
      - Endpoint of the image service. It may hold C({region}) anywhere, in the host or in the path, and a path prefix.
      - If not set, the environment variable E(HW_IMS_ENDPOINT) is used.
    type: str
    default: https://ims.{region}.{cloud_domain}
  validate_certs:
    description:
      - Whether the certificates of the endpoints are verified. Only turn this off against a test set-up of your own.
      - If not set, the opposite of the environment variable E(HW_INSECURE) is used.
    type: bool
    default: true
  ca_path:
    description:
      - File or folder with the certificates of the authorities that are trusted, instead of the system's.
      - If not set, the environment variable E(HW_CACERT) is used.
    type: path
  request_timeout:
    description:
      - How long to wait for a connection, and for the next byte of an answer, in seconds.
      - A request and the whole of its answer take four times as long at most, however steadily the answer drips, and
        however many addresses the name of a host stands for. To look that name up may take as long as the resolver of
        the host lets it.
    type: float
    default: 30
  max_retries:
    description:
      - How often a request that may be repeated is tried again when the connection fails, the service is overloaded
        (429) or fails (5xx). The request that submits a copy is only repeated when it surely did not reach the
        service.
      - If not set, the environment variable E(HW_MAX_RETRIES) is used.
    type: int
    default: 5
notes:
  - Proxies are taken from the usual environment variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
  - The module runs where the task runs. Use C(localhost), or C(delegate_to), unless the host has its own credentials.
requirements:
  - python >= 3.9
  - requests >= 2.25
"""
